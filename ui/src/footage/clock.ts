/** A moment on a camera's own clock, as a form holds it; "" where something is not known. */
export interface Shown {
  date: string;
  time: string;
  offset: string;
}

const DAY = 86_400_000;

/** What a proposal says of a beginning, as far as it does: without a date it is a time of day, without a zone it has no offset. */
export function shownBy(start: string): Shown {
  const found = /^(?:(\d{4}-\d\d-\d\d)T)?(\d\d:\d\d:\d\d(?:\.\d+)?)([+-]\d\d:\d\d|Z)?$/.exec(start);
  const offset = found?.[3] === "Z" ? "+00:00" : (found?.[3] ?? "");
  return { date: found?.[1] ?? "", time: found?.[2] ?? "", offset };
}

/** A moment (ISO) as the clock of a zone shows it. */
export function shownAt(iso: string, zone: string): Shown {
  const at = Date.parse(iso);
  const ahead = aheadAt(at, zone);
  const [date = "", time = ""] = new Date(at + ahead).toISOString().replace("Z", "").split("T");
  return { date, time, offset: written(ahead) };
}

/** How far a zone may be from UTC when its clocks show a time: two in the hour that comes twice, none in one that is left out. */
export function offsetsAt(zone: string, date: string, time: string): string[] {
  const wall = Date.parse(`${date}T${time}Z`);
  if (Number.isNaN(wall)) return [];
  const near = [wall - DAY, wall + DAY].map((at) => aheadAt(at, zone));
  return [...new Set(near)].filter((ahead) => aheadAt(wall - ahead, zone) === ahead).map(written);
}

/** The moment that a form holds, as the server takes it. */
export function moment({ date, time, offset }: Shown): string {
  return `${date}T${time.length === 5 ? `${time}:00` : time}${offset}`;
}

/** Milliseconds by which the clocks of a zone are ahead of UTC at a time. */
function aheadAt(at: number, zone: string): number {
  const style = { timeZone: zone || "UTC", timeZoneName: "longOffset" } as const;
  const parts = new Intl.DateTimeFormat("en-GB", style).formatToParts(new Date(at));
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "";
  const found = /([+-])(\d\d):(\d\d)/.exec(name);
  if (!found) return 0;
  const minutes = Number(found[2]) * 60 + Number(found[3]);
  return (found[1] === "-" ? -minutes : minutes) * 60_000;
}

function written(ahead: number): string {
  const minutes = Math.abs(ahead) / 60_000;
  const two = (value: number) => String(Math.floor(value)).padStart(2, "0");
  return `${ahead < 0 ? "-" : "+"}${two(minutes / 60)}:${two(minutes % 60)}`;
}

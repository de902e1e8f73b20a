import type { Language } from "./index";

interface Parts {
  day: string;
  clock: string;
  zone: string;
}

const ISO = /^(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d(?::\d\d)?)(?:\.\d+)?(Z|[+-]\d\d:?\d\d)?$/;

/** The pieces of an ISO time as they stand there: a camera's local time stays local for every reader. */
export function partsOf(iso: string): Parts | null {
  const found = ISO.exec(iso);
  if (!found?.[1] || !found[2]) return null;
  return { day: found[1], clock: found[2], zone: found[3] === "Z" ? "UTC" : zoneOf(found[3]) };
}

function zoneOf(offset: string | undefined): string {
  if (!offset) return "";
  if (/^[+-]00:?00$/.test(offset)) return "UTC";
  return `UTC${offset.replace(/^([+-])0/, "$1").replace(/:?00$/, "")}`;
}

/** Day, clock and zone, such as "20 Nov 2026, 18:00:05 UTC+1". */
export function wholeDay(language: Language, iso: string): string {
  const parts = partsOf(iso);
  if (parts === null) return iso;
  return [`${dayText(language, parts.day)}, ${parts.clock}`, parts.zone].filter(Boolean).join(" ");
}

/** A day, such as "20 Nov 2026". */
export function dayText(language: Language, day: string): string {
  const at = new Date(`${day}T12:00:00Z`);
  if (Number.isNaN(at.getTime())) return day;
  const style = { day: "numeric", month: "short", year: "numeric", timeZone: "UTC" } as const;
  return new Intl.DateTimeFormat(language === "en" ? "en-GB" : "fr", style).format(at);
}

/** A length of time: "8.4 s", "3 min 20 s", "2 h 05 min". */
export function length(language: Language, seconds: number): string {
  if (seconds < 60) {
    const digits = { maximumFractionDigits: seconds < 10 ? 1 : 0 };
    return `${new Intl.NumberFormat(language, digits).format(seconds)}\u00a0s`;
  }
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours) return `${hours}\u00a0h\u00a0${String(minutes).padStart(2, "0")}\u00a0min`;
  return rest ? `${minutes}\u00a0min\u00a0${rest}\u00a0s` : `${minutes}\u00a0min`;
}

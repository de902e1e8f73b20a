import type { Language } from "./index";

const LOCALES: Record<Language, string> = { en: "en-GB", fr: "fr-FR" };

/** Day, clock and zone, such as "20 Nov 2026, 18:00:05 UTC+1": in the camera's zone ("": UTC), never in the reader's. */
export function wholeDay(language: Language, iso: string, zone = ""): string {
  const at = new Date(iso);
  const where = zone || "UTC";
  if (Number.isNaN(at.getTime())) return iso;
  const day = { day: "numeric", month: "short", year: "numeric" } as const;
  const clock = { hour: "2-digit", minute: "2-digit", second: "2-digit", hourCycle: "h23" } as const;
  const text = new Intl.DateTimeFormat(LOCALES[language], { ...day, ...clock, timeZone: where }).format(at);
  return `${text} ${offsetOf(at, where)}`;
}

/** A day alone, as the calendar in UTC has it: "20 Nov 2026". */
export function wholeDate(language: Language, iso: string): string {
  const style = { day: "numeric", month: "short", year: "numeric" } as const;
  return clockOf(language, style, "UTC").format(new Date(iso));
}

/** How far a zone is from UTC at a time, such as "UTC+1". */
function offsetOf(at: Date, zone: string): string {
  const parts = new Intl.DateTimeFormat("en-GB", {
    timeZone: zone,
    timeZoneName: "shortOffset",
  }).formatToParts(at);
  const name = parts.find((part) => part.type === "timeZoneName")?.value ?? "UTC";
  return name.replace("GMT", "UTC").replace(/[+-]0$/, "");
}

/** The times of an axis or a list without their zone. */
export function clockOf(language: Language, style: Intl.DateTimeFormatOptions, zone: string) {
  return new Intl.DateTimeFormat(LOCALES[language], { ...style, timeZone: zone });
}

/** A text of the server with its ISO times made readable. */
export function readable(language: Language, text: string): string {
  return text.replace(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(?:\.\d+)?(?:Z|[+-]\d\d:\d\d)/g, (iso) =>
    wholeDay(language, iso),
  );
}

/** A length of time: "8.4 s", "3 min 20 s", "2 h 05 min". */
export function length(language: Language, seconds: number): string {
  if (seconds < 59.5) {
    const digits = { maximumFractionDigits: seconds < 10 ? 1 : 0 };
    return `${new Intl.NumberFormat(language, digits).format(seconds)}\u00a0s`;
  }
  const whole = Math.round(seconds);
  const [hours, minutes, rest] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
  if (hours) return `${hours}\u00a0h\u00a0${String(minutes).padStart(2, "0")}\u00a0min`;
  return rest ? `${minutes}\u00a0min\u00a0${rest}\u00a0s` : `${minutes}\u00a0min`;
}

/** A share 0..1 in percent; never "100 %" for what is not all, nor "0 %" for what is not nothing. */
export function share(language: Language, value: number): string {
  const kept = value >= 1 || value <= 0 ? value : Math.min(Math.max(value, 0.001), 0.999);
  return new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 1 }).format(kept);
}

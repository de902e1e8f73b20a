/** What is asked of the search for a plate that somebody typed: all of it, a pattern, ~ or @ before it. */
export function questionOf(typed: string): string {
  return `plate:"${typed.replace(/["\\]/g, "").trim()}"`;
}

/** A plate in its groups of letters and digits. */
export function grouped(text: string): string {
  return text.replace(/([A-Z])(?=\d)|(\d)(?=[A-Z])/g, "$1$2-");
}

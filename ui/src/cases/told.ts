/** What a request says, flat: each value with the path to it, in the order in which it stands. */
export function toldOf(value: unknown, name = ""): (readonly [string, string])[] {
  if (Array.isArray(value)) {
    const plain = value.every((part) => typeof part !== "object");
    if (plain) return [[name, value.join(", ") || "-"]];
    return value.flatMap((part, n) => toldOf(part, `${name} ${n + 1}`));
  }
  if (typeof value === "object" && value !== null)
    return Object.entries(value).flatMap(([key, part]) => toldOf(part, name ? `${name} ${key}` : key));
  return [[name, String(value)]];
}

import type { May } from "../api/types";

/** Capabilities of which the same is said, but for their own name, in the order in which they come. */
export function grouped(of: readonly May[]): May[][] {
  const groups = new Map<string, May[]>();
  for (const one of of) {
    const key = [one.rule, one.says.replaceAll(one.capability, ""), one.remedy].join("\n");
    groups.set(key, [...(groups.get(key) ?? []), one]);
  }
  return [...groups.values()];
}

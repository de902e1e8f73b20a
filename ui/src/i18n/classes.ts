import { isKey, type Speaker } from "./index";

/** A class of objects in the reader's words; one that has none is called as the server does. */
export function classOf(t: Speaker["t"], label: string): string {
  return isKey(`class.${label}`) ? t(`class.${label}` as "class.person") : label;
}

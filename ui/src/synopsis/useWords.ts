import { useMemo } from "react";
import { isKey, useTexts } from "../i18n";
import { coloursOf } from "./filter";
import { at, type Tubes } from "./tubes";

/** Kinds and colours in the reader's language; what has no word of its own stays as the server names it. */
export function useWords() {
  const { t } = useTexts();
  return useMemo(() => {
    const word = (key: string, name: string) => (isKey(key) ? t(key) : name);
    const kind = (name: string) => word(`kind.${name}`, name);
    const colour = (name: string) => word(`colour.${name}`, name);
    const tube = (tubes: Tubes, one: number) =>
      [
        kind(tubes.classes[at(tubes.label, one)] ?? ""),
        ...coloursOf(tubes, one).map((index) => colour(tubes.colours[index] ?? "")),
      ].join(", ");
    return { kind, colour, tube };
  }, [t]);
}

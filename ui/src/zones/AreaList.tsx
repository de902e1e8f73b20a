import { useState } from "react";
import type { ZoneOut } from "../api/types";
import { useTexts } from "../i18n";
import type { Passing } from "./geometry";
import { PassingText } from "./PassingText";

interface AreaListProps {
  areas: readonly ZoneOut[];
  counts: ReadonlyMap<string, Passing>;
  may: boolean;
  busy: boolean;
  /** Shows which ways pass it, while it is pointed at or in focus; null: no more. */
  look: (name: string | null) => void;
  edit: (area: ZoneOut) => void;
  drop: (area: ZoneOut) => void;
}

/** What is drawn already, each with how many tracks of the last day pass it. */
export function AreaList({ areas, counts, may, busy, look, edit, drop }: AreaListProps) {
  const { t } = useTexts();
  const [asked, ask] = useState<string | null>(null);
  if (!areas.length)
    return (
      <div className="stack tight">
        <h2>{t("zones.none.title")}</h2>
        <p className="muted">{t("zones.none.text")}</p>
      </div>
    );
  return (
    <ul className="areas">
      {areas.map((one) => (
        <li
          key={one.name}
          onPointerEnter={() => look(one.name)}
          onPointerLeave={() => look(null)}
          onFocus={() => look(one.name)}
          onBlur={() => look(null)}
        >
          <div className="row apart">
            <h2 className="name">{one.name}</h2>
            <span className="badge">{t(`zones.${one.kind}`)}</span>
          </div>
          <PassingText kind={one.kind} of={counts.get(one.name)} />
          {!may ? null : asked === one.name ? (
            <div className="row">
              <span className="small">{t("zones.delete.sure")}</span>
              <button type="button" disabled={busy} onClick={() => drop(one)}>
                {t("zones.delete")}
              </button>
              <button type="button" className="quiet" onClick={() => ask(null)}>
                {t("zones.cancel")}
              </button>
            </div>
          ) : (
            <div className="row">
              <button
                type="button"
                aria-label={t("zones.edit.one", { name: one.name })}
                onClick={() => edit(one)}
              >
                {t("zones.edit")}
              </button>
              <button
                type="button"
                className="quiet"
                aria-label={t("zones.delete.one", { name: one.name })}
                onClick={() => ask(one.name)}
              >
                {t("zones.delete")}
              </button>
            </div>
          )}
        </li>
      ))}
    </ul>
  );
}

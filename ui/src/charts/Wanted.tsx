import { type FormEvent, useState } from "react";
import type { CameraOut } from "../api/types";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";

/** What is counted: of which camera (its name, "" = all), from when to when on its clock, in which bins. */
export interface Wanted {
  camera: string;
  start: string;
  end: string;
  size: number;
  query: string;
  other: { start: string; end: string } | null;
}

const SIZES = { quarter: 900, hour: 3600, day: 86400 } as const; // seconds

interface FieldsProps {
  cameras: readonly CameraOut[];
  wanted: Wanted;
  ask: (wanted: Wanted) => void;
}

/** Camera, period, bins, a question; and a second period to compare with. Counted when it is sent. */
export function PeriodFields({ cameras, wanted, ask }: FieldsProps) {
  const { t } = useTexts();
  const session = useSession();
  const [other, setOther] = useState(wanted.other !== null);
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    const form = new FormData(event.currentTarget);
    const text = (name: string) => String(form.get(name) ?? "").trim();
    ask({
      camera: text("camera"),
      start: text("start"),
      end: text("end"),
      size: Number(text("size")),
      query: text("query"),
      other: other ? { start: text("other-start"), end: text("other-end") } : null,
    });
  };
  return (
    <form className="card stack" onSubmit={submit} key={wanted.camera}>
      <div className="asking">
        <Field label={t("zones.camera")}>
          <select name="camera" defaultValue={wanted.camera}>
            {cameras.length > 1 ? <option value="">{t("stats.all-cameras")}</option> : null}
            {cameras.map((one) => (
              <option key={one.id} value={one.name}>
                {one.name}
              </option>
            ))}
          </select>
        </Field>
        <Field label={t("stats.from")}>
          <input name="start" type="datetime-local" defaultValue={wanted.start} />
        </Field>
        <Field label={t("stats.to")}>
          <input name="end" type="datetime-local" defaultValue={wanted.end} />
        </Field>
        <Field label={t("stats.size")}>
          <select name="size" defaultValue={wanted.size}>
            {(Object.keys(SIZES) as (keyof typeof SIZES)[]).map((size) => (
              <option key={size} value={SIZES[size]}>
                {t(`stats-size.${size}`)}
              </option>
            ))}
          </select>
        </Field>
        {mayEver(session, "search.attributes") ? (
          <div className="query-field">
            <Field label={t("stats.query")}>
              <input
                name="query"
                defaultValue={wanted.query}
                placeholder={t("search.placeholder")}
                maxLength={2000}
              />
            </Field>
          </div>
        ) : null}
      </div>
      {other ? (
        <div className="asking">
          <Field label={t("stats.other-from")}>
            <input name="other-start" type="datetime-local" defaultValue={wanted.other?.start} />
          </Field>
          <Field label={t("stats.other-to")}>
            <input name="other-end" type="datetime-local" defaultValue={wanted.other?.end} />
          </Field>
        </div>
      ) : null}
      <div className="row">
        <button type="submit" className="primary">
          {t("stats.count")}
        </button>
        <button type="button" aria-pressed={other} onClick={() => setOther(!other)}>
          {t("stats.compare")}
        </button>
        <span className="muted small">{t("stats.clock")}</span>
      </div>
    </form>
  );
}

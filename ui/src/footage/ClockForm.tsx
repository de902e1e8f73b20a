import { type FormEvent, useState } from "react";
import { send } from "../api/client";
import type { RecordingOut } from "../api/types";
import { useReason } from "../app/reason";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { moment, offsetsAt, type Shown, shownAt } from "./clock";

/** What the form begins with: what a job proposed, which a person looks at and may change. */
export interface Filled extends Shown {
  uncertainty: number;
  read: string;
}

interface ClockFormProps {
  of: RecordingOut;
  zone: string;
  filled: Filled | null;
  done: () => void;
}

const EMPTY: Shown = { date: "", time: "", offset: "" };

/** Sets when a recording began: by a person, with a button, and never by itself. */
export function ClockForm({ of, zone, filled, done }: ClockFormProps) {
  const { t } = useTexts();
  const { text: reason } = useReason();
  const [shown, setShown] = useState<Shown>(
    () => filled ?? (of.clock.start ? shownAt(of.clock.start, zone) : EMPTY),
  );
  const [uncertainty, setUncertainty] = useState(String(filled?.uncertainty ?? of.clock.uncertainty));
  const offsets = zone ? offsetsAt(zone, shown.date, shown.time) : [];
  const offset = zone ? (offsets.includes(shown.offset) ? shown.offset : (offsets[0] ?? "")) : shown.offset;
  const act = useAction(async () => {
    const start = moment({ ...shown, offset });
    const body = { start, uncertainty: Number(uncertainty), read: filled?.read ?? "", reason };
    await send("put", "/api/recordings/{footage}/clock", { footage: of.footage }, body);
    done();
  });
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault();
    act.run();
  };
  const change = (part: Partial<Shown>) => setShown((before) => ({ ...before, ...part }));
  return (
    <form className="form-grid" onSubmit={submit} aria-label={t("clock.set")}>
      <h3 className="wide">{t("clock.set")}</h3>
      {filled ? <p className="wide small">{t("clock.filled")}</p> : null}
      <Field label={t("clock.date")}>
        <input
          type="date"
          required
          value={shown.date}
          onChange={(event) => change({ date: event.target.value })}
        />
      </Field>
      <Field label={t("clock.time")} help={t("clock.time.help")}>
        <input
          type="time"
          required
          step="0.001"
          value={shown.time}
          onChange={(event) => change({ time: event.target.value })}
        />
      </Field>
      <Field label={t("clock.offset")} help={zone || t("clock.offset.help")}>
        {zone ? (
          <select required value={offset} onChange={(event) => change({ offset: event.target.value })}>
            {offsets.map((one) => (
              <option key={one}>{one}</option>
            ))}
          </select>
        ) : (
          <input
            required
            pattern="[+\-]\d\d:\d\d"
            value={shown.offset}
            onChange={(event) => change({ offset: event.target.value })}
          />
        )}
      </Field>
      <Field label={t("clock.uncertainty")} help={t("clock.uncertainty.help")}>
        <input
          type="number"
          required
          min={0}
          max={604799}
          step="any"
          value={uncertainty}
          onChange={(event) => setUncertainty(event.target.value)}
        />
      </Field>
      {act.error ? (
        <div className="wide">
          <Trouble error={act.error} />
        </div>
      ) : null}
      <div className="row wide">
        <button type="submit" className="primary" disabled={act.busy || !offset}>
          {t("clock.set.go")}
        </button>
        <span className="muted small">{t("clock.set.text")}</span>
      </div>
    </form>
  );
}

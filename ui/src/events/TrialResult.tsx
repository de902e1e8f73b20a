import { useState } from "react";
import type { CameraOut, FoundEventsOut } from "../api/types";
import { number, useTexts } from "../i18n";
import { length } from "../i18n/times";
import { Player } from "../play/Player";
import { EventRow } from "./EventRow";
import { stretchOf } from "./event";

const SHOWN = 30;

/** What a rule would have found; nothing of it is kept. */
export function TrialResult({ tried, camera }: { tried: FoundEventsOut; camera: CameraOut }) {
  const { t, language } = useTexts();
  const [played, setPlayed] = useState<number | null>(null);
  const one = played === null ? undefined : tried.events[played];
  const round = (value: number) => number(language, Math.round(value * 100) / 100);
  return (
    <section className="card stack" aria-live="polite" aria-label={t("events.trial")}>
      <h2>{t("events.trial")}</h2>
      <p>
        {t("events.trial.found", {
          n: tried.events.length,
          length: length(language, tried.seconds),
          a_day: round(tried.a_day),
          took: round(tried.took),
        })}
      </p>
      {tried.notes.length ? (
        <ul className="small muted" lang="en">
          {tried.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      ) : null}
      {one ? <Player wish={{ footage: one.footage, ...stretchOf(one) }} /> : null}
      <ul className="event-list">
        {tried.events.slice(0, SHOWN).map((event, index) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: what a trial found never changes
          <li key={index}>
            <EventRow event={event} camera={camera.name} zone={camera.zone} play={() => setPlayed(index)} />
          </li>
        ))}
      </ul>
      {tried.events.length > SHOWN ? <p className="small">{t("events.trial.more", { n: SHOWN })}</p> : null}
    </section>
  );
}

import { type FormEvent, type RefObject, useEffect, useState } from "react";
import type { HitOut, MarkOut } from "../api/types";
import { useSession } from "../app/session";
import { isKey, useTexts } from "../i18n";
import { classOf } from "../i18n/classes";
import { length, wholeDay } from "../i18n/times";
import { Time } from "../parts/Time";
import { Decisions, Grade, Picture, type Verdict } from "./Card";

/** What is noted about a track; what is left out stays as it is. */
export interface Noted {
  verdict?: Verdict;
  note?: string;
  tags?: string[];
  untag?: string[];
}

interface DetailProps {
  hit: HitOut;
  picture: string | undefined;
  mark: MarkOut | undefined;
  camera: string;
  zone: string;
  position: string;
  note: RefObject<HTMLTextAreaElement | null>;
  save: (noted: Noted) => void;
  close: () => void;
}

/** The hit chosen, with all its reasons, its note and its tags. */
export function Detail({ hit, picture, mark, camera, zone, position, note, save, close }: DetailProps) {
  const { t, language } = useTexts();
  return (
    <section className="card stack detail" aria-label={t("search.detail")}>
      <div className="row apart">
        <h2>
          {classOf(t, hit.label)}, {camera}
        </h2>
        <button type="button" className="close" onClick={close}>
          {t("action.close")}
        </button>
      </div>
      <p className="small muted">{position}</p>
      <Picture track={hit.track} data={picture} />
      <Decisions verdict={mark?.verdict ?? "new"} decide={(verdict) => save({ verdict })} />
      <Decided mark={mark} />
      <dl className="facts">
        <dt>{t("footage.start")}</dt>
        <dd>
          <Time at={hit.start} zone={zone} />
        </dd>
        <dt>{t("footage.length")}</dt>
        <dd>{length(language, hit.seconds)}</dd>
        <dt>{t("search.track")}</dt>
        <dd>
          <code>{hit.track}</code>
        </dd>
      </dl>
      <div className="stack tight">
        <div className="row">
          <h3>{t("search.reasons")}</h3>
          <Grade name={hit.grade} />
        </div>
        <ul className="stack tight">
          {hit.reason.map((one) => (
            <li key={one.term}>
              <code>{one.term}</code> {one.says}
            </li>
          ))}
        </ul>
      </div>
      <Note key={hit.track} text={mark?.note ?? ""} field={note} save={(text) => save({ note: text })} />
      <Tags tags={mark?.tags ?? []} save={save} />
    </section>
  );
}

function Decided({ mark }: { mark: MarkOut | undefined }) {
  const { t, language } = useTexts();
  const { user } = useSession();
  if (!mark || mark.verdict === "new") return null;
  const key = `verdict.${mark.verdict}`;
  return (
    <p className="small muted" role="status">
      {t("search.decided", {
        verdict: isKey(key) ? t(key) : mark.verdict,
        who: mark.by === user.user ? t("search.you") : mark.by,
        time: wholeDay(language, mark.at),
      })}
    </p>
  );
}

interface NoteProps {
  text: string;
  field: RefObject<HTMLTextAreaElement | null>;
  save: (text: string) => void;
}

function Note({ text, field, save }: NoteProps) {
  const { t } = useTexts();
  const [written, setWritten] = useState(text);
  useEffect(() => setWritten(text), [text]);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save(written);
    field.current?.blur();
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <label className="field">
        <span>{t("search.note")}</span>
        <textarea
          ref={field}
          rows={2}
          maxLength={2000}
          aria-keyshortcuts="n"
          value={written}
          onChange={(event) => setWritten(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) submit(event);
          }}
        />
      </label>
      <div>
        <button type="submit" disabled={written === text}>
          {t("search.save")}
        </button>
      </div>
    </form>
  );
}

function Tags({ tags, save }: { tags: readonly string[]; save: (noted: Noted) => void }) {
  const { t } = useTexts();
  const [tag, setTag] = useState("");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (tag.trim()) save({ tags: [tag.trim()] });
    setTag("");
  };
  return (
    <form className="stack tight" onSubmit={submit}>
      <h3>{t("search.tags")}</h3>
      {tags.length ? (
        <ul className="chips">
          {tags.map((one) => (
            <li key={one} className="chip">
              {one}
              <button
                type="button"
                aria-label={t("search.untag", { tag: one })}
                onClick={() => save({ untag: [one] })}
              >
                ×
              </button>
            </li>
          ))}
        </ul>
      ) : null}
      <div className="row">
        <input
          aria-label={t("search.add-tag")}
          maxLength={50}
          value={tag}
          onChange={(event) => setTag(event.target.value)}
        />
        <button type="submit" disabled={!tag.trim()}>
          {t("search.add-tag")}
        </button>
      </div>
    </form>
  );
}

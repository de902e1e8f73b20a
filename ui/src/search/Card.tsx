import type { HitOut, MarkOut } from "../api/types";
import { isKey, useTexts } from "../i18n";
import { classOf } from "../i18n/classes";
import { length } from "../i18n/times";
import { Time } from "../parts/Time";

export const VERDICTS = ["accepted", "rejected", "unsure"] as const;
export type Verdict = (typeof VERDICTS)[number] | "new";
const WORDS = { accepted: "verdict.accept", rejected: "verdict.reject", unsure: "verdict.doubt" } as const;
const KEYS = { accepted: "a", rejected: "r", unsure: "u" } as const;

interface CardProps {
  hit: HitOut;
  picture: string | undefined;
  mark: MarkOut | undefined;
  camera: string;
  zone: string;
  chosen: boolean;
  choose: () => void;
  decide: (verdict: Verdict) => void;
}

/** A hit: its masked picture, when and where, why it is one, and what was decided. */
export function Card({ hit, picture, mark, camera, zone, chosen, choose, decide }: CardProps) {
  const { t, language } = useTexts();
  const verdict = mark?.verdict ?? "new";
  return (
    <article className={`hit ${chosen ? "chosen" : ""} ${verdict}`} data-track={hit.track}>
      <Picture track={hit.track} data={picture} />
      <div className="hit-body">
        <div className="row">
          <button type="button" className="inline strong" aria-current={chosen} onClick={choose}>
            {classOf(t, hit.label)}, {camera}
          </button>
          <Grade name={hit.grade} />
        </div>
        <p className="small muted">
          <Time at={hit.start} zone={zone} /> · {length(language, hit.seconds)}
        </p>
        <p className="small why">{hit.reason.map((one) => one.says).join(" · ")}</p>
        <Decisions verdict={verdict} decide={decide} />
      </div>
    </article>
  );
}

/** A masked picture; undefined: on its way; empty: there is none. */
export function Picture({ track, data }: { track: string; data: string | undefined }) {
  const { t } = useTexts();
  if (!data)
    return (
      <div className="picture none muted small">
        {t(data === undefined ? "search.waiting" : "search.no-picture")}
      </div>
    );
  return <img className="picture" src={data} alt={t("search.picture", { track })} />;
}

export function Grade({ name }: { name: string }) {
  const { t } = useTexts();
  const key = `grade.${name}`;
  const look = name === "certain" ? "good" : name === "likely" ? "accent" : "";
  return <span className={`badge ${look}`}>{isKey(key) ? t(key) : name}</span>;
}

export function Decisions({ verdict, decide }: { verdict: string; decide: (verdict: Verdict) => void }) {
  const { t } = useTexts();
  return (
    <div className="decisions">
      {VERDICTS.map((one) => (
        <button
          key={one}
          type="button"
          className={one}
          aria-pressed={verdict === one}
          aria-keyshortcuts={KEYS[one]}
          onClick={() => decide(verdict === one ? "new" : one)}
        >
          {t(WORDS[one])}
        </button>
      ))}
    </div>
  );
}

import type { CandidatesOut } from "../api/types";
import { inside, Link, useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Empty } from "../parts/Loaded";
import { Picture } from "../search/Card";
import { Seen } from "./Seen";
import { usePictures } from "./usePictures";

interface CandidatesProps {
  found: CandidatesOut;
  /** Decide about a candidate; undefined: it is only to be looked at. */
  decide: ((track: string, verdict: "confirmed" | "rejected") => void) | undefined;
  decided: ReadonlyMap<string, string>;
  play: (track: string) => void;
}

/** Tracks that may be the same thing, the likeliest first, each with why; a person decides. */
export function Candidates({ found, decide, decided, play }: CandidatesProps) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const picture = usePictures(found.candidates.map((one) => one.seen.track));
  const percent = new Intl.NumberFormat(language, { style: "percent", maximumFractionDigits: 0 });
  const facts = { compared: found.compared, decided: found.decided };
  if (!found.candidates.length)
    return (
      <Empty title={t("journey.none.title")}>
        <p>{t("journey.none.text", facts)}</p>
      </Empty>
    );
  return (
    <div className="stack tight">
      <p className="small muted">
        {t("journey.compared", facts)} <span lang="en">{found.notes.join(" ")}</span>
      </p>
      <ol className="candidates">
        {found.candidates.map((one) => {
          const track = one.seen.track;
          const verdict = decided.get(track);
          return (
            <li key={track} className={`card candidate ${verdict ?? ""}`} data-track={track}>
              <Picture track={track} data={picture(track)} />
              <div className="stack tight">
                <p>
                  <strong>
                    {one.seen.label}, {one.seen.camera}
                  </strong>{" "}
                  <span className="badge">{percent.format(one.score)}</span>
                </p>
                <Seen of={one.seen} />
                <p className="small" lang="en">
                  {one.reasons.join(" · ")}
                </p>
                <div className="row">
                  <button type="button" onClick={() => play(track)}>
                    {t("journey.play")}
                  </button>
                  {decide
                    ? (["confirmed", "rejected"] as const).map((word) => (
                        <button
                          key={word}
                          type="button"
                          aria-pressed={verdict === word}
                          onClick={() => decide(track, word)}
                        >
                          {t(`journey.${word}`)}
                        </button>
                      ))
                    : null}
                  <Link
                    className="small"
                    to={`${inside(caseId, "/journey")}?track=${encodeURIComponent(track)}`}
                  >
                    {t("journey.from-here")}
                  </Link>
                </div>
              </div>
            </li>
          );
        })}
      </ol>
    </div>
  );
}

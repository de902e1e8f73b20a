import { type FormEvent, useState } from "react";
import { useCameras } from "../api/cameras";
import { type AnswerOf, send } from "../api/client";
import { useTexts } from "../i18n";
import { length, share } from "../i18n/times";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";

type Found = AnswerOf<"post", "/api/requests/{request}/candidates">;

interface CandidatesProps {
  id: string;
  chosen: ReadonlySet<string>;
  choose: (chosen: ReadonlySet<string>) => void;
}

/** Look for the person in the place and time of the request alone; a human says who it is. */
export function Candidates({ id, chosen, choose }: CandidatesProps) {
  const { t } = useTexts();
  const [query, setQuery] = useState("");
  const [plain, setPlain] = useState(false);
  const [found, setFound] = useState<Found | null>(null);
  const { run, busy, error } = useAction(async () =>
    setFound(await send("post", "/api/requests/{request}/candidates", { request: id }, { query, plain })),
  );
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <section className="card stack">
      <h2>{t("request.step-look")}</h2>
      <form className="row" onSubmit={submit}>
        <label className="row grow">
          <span className="hidden-text">{t("search.query")}</span>
          <input
            className="grow"
            maxLength={2000}
            value={query}
            placeholder={t("request.everybody")}
            onChange={(event) => setQuery(event.target.value)}
          />
        </label>
        <label className="row small">
          <input type="checkbox" checked={plain} onChange={() => setPlain(!plain)} />
          {t("search.plain")}
        </label>
        <button type="submit" className="primary" disabled={busy}>
          {t("search.go")}
        </button>
      </form>
      {error ? <Trouble error={error} /> : null}
      {found ? <Shown found={found} chosen={chosen} choose={choose} /> : null}
    </section>
  );
}

function Shown({ found, chosen, choose }: { found: Found } & Omit<CandidatesProps, "id">) {
  const { t, language } = useTexts();
  const toggle = (track: string) => {
    const next = new Set(chosen);
    if (!next.delete(track)) next.add(track);
    choose(next);
  };
  return (
    <>
      <p role="status">
        {t("request.found", { n: found.total, shown: found.candidates.length })}{" "}
        <span className="muted">
          {t("search.coverage", { share: share(language, found.coverage.share) })}
        </span>
      </p>
      <ul className="shots">
        {found.candidates.map((one) => (
          <li key={one.track}>
            <Candidate one={one} chosen={chosen.has(one.track)} toggle={() => toggle(one.track)} />
          </li>
        ))}
      </ul>
    </>
  );
}

interface CandidateProps {
  one: Found["candidates"][number];
  chosen: boolean;
  toggle: () => void;
}

function Candidate({ one, chosen, toggle }: CandidateProps) {
  const { t, language } = useTexts();
  const camera = useCameras().get(one.camera);
  return (
    <figure className="shot" data-track={one.track}>
      {one.picture ? (
        <div className="frame">
          <img src={one.picture} alt={t("search.picture", { track: one.track })} />
        </div>
      ) : (
        <div className="none muted small">{t("search.no-picture")}</div>
      )}
      <figcaption>
        <strong>
          {one.label}, {camera?.name ?? one.camera}
        </strong>
        <p className="small muted">
          <Time at={one.start} zone={camera?.zone ?? "UTC"} /> · {length(language, one.seconds)}
        </p>
        <p className="small">{one.reason.join(" · ")}</p>
        <label className="row small">
          <input type="checkbox" checked={chosen} onChange={toggle} />
          {t("request.is-person")}
        </label>
      </figcaption>
    </figure>
  );
}

import { type ReactNode, useCallback, useState } from "react";
import { type ApiError, get, send } from "../api/client";
import { useMay } from "../api/may";
import type { CandidatesOut } from "../api/types";
import { asApiError, useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId, usePlace } from "../app/router";
import { useTexts } from "../i18n";
import { Candidates } from "../journey/Candidates";
import { Way } from "../journey/Way";
import { Empty, Loaded, Loading, Trouble } from "../parts/Loaded";
import { usePlayed } from "../play/usePlayed";
import "../style/journey.css";

/** What looks like one track, and where it came from and went: ranked by the program, decided by people. */
export default function Journey() {
  const { t } = useTexts();
  const track = usePlace().query.get("track");
  return (
    <div className="page">
      <h1>{t("page.journey")}</h1>
      {track ? (
        <Follow key={track} track={track} />
      ) : (
        <Empty title={t("journey.begin.title")}>
          <p>{t("journey.begin.text")}</p>
        </Empty>
      )}
    </div>
  );
}

function Follow({ track }: { track: string }) {
  const { t } = useTexts();
  const [may, maySimilar] = [useMay("journey"), useMay("search.similar")];
  const [decisions, setDecisions] = useState(0);
  const { play, player } = usePlayed();
  return (
    <>
      <p>
        <code>{track}</code> <span className="muted">{t("journey.human")}</span>
      </p>
      {player}
      {may ? <SoFar key={decisions} track={track} play={play} /> : <May capability="journey" />}
      {may ? (
        <Asked
          track={track}
          title={t("journey.next")}
          help={t("journey.next.help")}
          path="/api/tracks/{track}/follow"
          play={play}
          changed={() => setDecisions((n) => n + 1)}
        />
      ) : null}
      {maySimilar ? (
        <Asked
          track={track}
          title={t("journey.similar")}
          help={t("journey.similar.help")}
          path="/api/tracks/{track}/similar"
          play={play}
        />
      ) : (
        <May capability="search.similar" />
      )}
    </>
  );
}

/** That something may not be done here, and what to do about it. */
function May({ capability }: { capability: string }) {
  const { t } = useTexts();
  return <p className="notice">{t("journey.may-not", { capability })}</p>;
}

function Part({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section className="stack tight">
      <h2>{title}</h2>
      {children}
    </section>
  );
}

function SoFar({ track, play }: { track: string; play: (tracks: readonly string[]) => void }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const load = useCallback(
    (signal: AbortSignal) => get("/api/tracks/{track}/journey", { track, case: caseId, reason }, signal),
    [track, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Part title={t("journey.so-far")}>
      <Loaded of={found} again={again}>
        {(way) => <Way found={way} play={play} />}
      </Loaded>
    </Part>
  );
}

interface AskedProps {
  track: string;
  title: string;
  help: string;
  path: "/api/tracks/{track}/follow" | "/api/tracks/{track}/similar";
  play: (tracks: readonly string[]) => void;
  /** Is told of a decision; undefined: nothing is decided here. */
  changed?: () => void;
}

/** Candidates, worked out when somebody asks for them: it singles a person out, and is in the log. */
function Asked({ track, title, help, path, play, changed }: AskedProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [found, setFound] = useState<CandidatesOut | "loading" | null>(null);
  const [error, setError] = useState<ApiError | null>(null);
  const [decided, setDecided] = useState<ReadonlyMap<string, string>>(new Map());
  const [why, setWhy] = useState("");
  const ask = () => {
    setFound("loading");
    setError(null);
    send("post", path, { track }, { case: caseId, reason, limit: 20 }).then(setFound, (wrong: unknown) => {
      setFound(null);
      setError(asApiError(wrong));
    });
  };
  const decide = (other: string, verdict: "confirmed" | "rejected") => {
    const body = { other, verdict, case: caseId, reason: why.trim() || reason };
    send("post", "/api/tracks/{track}/links", { track }, body).then(
      () => {
        setDecided((before) => new Map([...before, [other, verdict]]));
        changed?.();
      },
      (wrong: unknown) => setError(asApiError(wrong)),
    );
  };
  return (
    <Part title={title}>
      <p className="small muted">{help}</p>
      <div className="row">
        <button type="button" onClick={ask} disabled={found === "loading"}>
          {t("journey.ask")}
        </button>
        {changed && found ? (
          <label className="row grow">
            <span className="small">{t("journey.why")}</span>
            <input
              className="grow"
              maxLength={4000}
              placeholder={reason}
              value={why}
              onChange={(event) => setWhy(event.target.value)}
            />
          </label>
        ) : null}
      </div>
      {error ? <Trouble error={error} /> : null}
      {found === "loading" ? <Loading /> : null}
      {found && found !== "loading" ? (
        <Candidates
          found={found}
          decide={changed ? decide : undefined}
          decided={decided}
          play={(one) => play([track, one])}
        />
      ) : null}
    </Part>
  );
}

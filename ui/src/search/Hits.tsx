import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useCameras } from "../api/cameras";
import { type ApiError, send } from "../api/client";
import type { AnswerOut, MarkOut } from "../api/types";
import { asApiError } from "../api/useLoad";
import { useKeys } from "../app/keys";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Trouble } from "../parts/Loaded";
import { useMatches } from "../parts/useMatches";
import { type ListHandle, VirtualList } from "../parts/VirtualList";
import { Card, type Verdict } from "./Card";
import { Detail, type Noted } from "./Detail";
import { cursorsFor, type Known, Pages, placed } from "./pages";

const ROW = 152; // CSS pixels of a card and the space under it,
const NARROW_ROW = 180; // and on a narrow screen
const NARROW = "(max-width: 600px)"; // as in search.css
const ESCAPE = "Escape";
const REST = 120; // milliseconds that a list must stand still before its pages are fetched

interface HitsProps {
  answer: AnswerOut;
  marks: readonly MarkOut[];
}

/** The hits of an answer: only the rows on screen are drawn, only their pages are fetched. */
export function Hits({ answer, marks }: HitsProps) {
  const { t } = useTexts();
  const cameras = useCameras();
  const [known, want, pageError] = useKnown(answer);
  const [marked, save, markError] = useMarks(marks);
  const [chosen, setChosen] = useState(0);
  const [open, setOpen] = useState(false);
  const list = useRef<ListHandle>(null);
  const note = useRef<HTMLTextAreaElement>(null);
  const hit = known.hits.get(chosen);
  const choose = useCallback(
    (index: number) => {
      const at = Math.min(Math.max(index, 0), answer.kept - 1);
      setChosen(at);
      list.current?.reveal(at);
    },
    [answer.kept],
  );
  const decide = (track: string, verdict: Verdict) => save(track, { verdict });
  const decideHere = (verdict: Verdict) => {
    if (hit) decide(hit.track, verdict).then((done) => done && choose(chosen + 1));
  };
  useKeys({
    j: () => choose(chosen + 1),
    k: () => choose(chosen - 1),
    a: () => decideHere("accepted"),
    r: () => decideHere("rejected"),
    u: () => decideHere("unsure"),
    n: () => note.current?.focus(),
    [ESCAPE]: () => setOpen(false),
  });
  const about = (camera: string) => ({
    camera: answer.cameras[camera] ?? camera,
    zone: cameras.get(camera)?.zone ?? "UTC",
  });
  const row = (index: number) => {
    const one = known.hits.get(index);
    if (!one) return <div className="hit waiting" aria-hidden="true" />;
    return (
      <Card
        hit={one}
        picture={known.pictures.get(one.track)}
        mark={marked.get(one.track)}
        chosen={index === chosen}
        choose={() => {
          setChosen(index);
          setOpen(true);
        }}
        decide={(verdict) => decide(one.track, verdict)}
        {...about(one.camera)}
      />
    );
  };
  const error = markError ?? pageError;
  const rowHeight = useMatches(NARROW) ? NARROW_ROW : ROW;
  return (
    <>
      {error ? <Trouble error={error} /> : null}
      <div className={`results ${open ? "open" : ""}`}>
        <VirtualList
          count={answer.kept}
          rowHeight={rowHeight}
          label={t("search.list")}
          row={row}
          onRange={want}
          handle={list}
        />
        {hit ? (
          <Detail
            hit={hit}
            picture={known.pictures.get(hit.track)}
            mark={marked.get(hit.track)}
            position={t("search.position", { n: chosen + 1, total: answer.kept })}
            note={note}
            save={(noted) => save(hit.track, noted)}
            close={() => setOpen(false)}
            {...about(hit.camera)}
          />
        ) : null}
      </div>
    </>
  );
}

/** Hits and pictures as far as they were looked at, and how to have more. */
function useKnown(answer: AnswerOut): [Known, (first: number, last: number) => void, ApiError | null] {
  const [known, setKnown] = useState<Known>({
    hits: placed(new Map(), 0, answer.page.hits),
    pictures: new Map(),
  });
  const [error, setError] = useState<ApiError | null>(null);
  const pages = useMemo(() => new Pages(answer.id, setKnown), [answer.id]);
  const timer = useRef(0);
  const want = useCallback(
    (first: number, last: number) => {
      window.clearTimeout(timer.current);
      timer.current = window.setTimeout(() => {
        for (const cursor of cursorsFor(first, last, answer.kept))
          (cursor === 0 ? pages.pictures(0) : pages.want(cursor)).catch((why: unknown) =>
            setError(asApiError(why)),
          );
      }, REST);
    },
    [pages, answer.kept],
  );
  useEffect(() => () => window.clearTimeout(timer.current), []);
  return [known, want, error];
}

type Save = (track: string, noted: Noted) => Promise<boolean>;

/** What was decided and noted, by track, and how to note more. */
function useMarks(first: readonly MarkOut[]): [ReadonlyMap<string, MarkOut>, Save, ApiError | null] {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [marks, setMarks] = useState<ReadonlyMap<string, MarkOut>>(
    () => new Map(first.map((one) => [one.track, one])),
  );
  const [error, setError] = useState<ApiError | null>(null);
  const save = useCallback(
    async (track: string, noted: Noted) => {
      try {
        const body = { tracks: [track], case: caseId, reason, ...noted };
        const made = await send("post", "/api/marks", {}, body);
        setMarks((before) => new Map([...before, ...made.map((one) => [one.track, one] as const)]));
        setError(null);
        return true;
      } catch (why) {
        setError(asApiError(why));
        return false;
      }
    },
    [caseId, reason],
  );
  return [marks, save, error];
}

import { type KeyboardEvent, useCallback, useEffect, useMemo, useRef, useState } from "react";
import { useCameras } from "../api/cameras";
import { type ApiError, send } from "../api/client";
import type { ViewingIn, ViewingOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import { Controls } from "./Controls";
import { lineOf } from "./lanes";
import { Screen } from "./Screen";
import { usePlay } from "./usePlay";
import "../style/player.css";

/** What is played: cameras from one time to another, tracks with what is around them, or a recording. */
export type Wish = Partial<Omit<ViewingIn, "case" | "reason">>;

const NOTHING = { cameras: [], tracks: [], footage: "", begin: 0, until: 0 };

interface PlayerProps {
  wish: Wish;
  /** Where it begins, milliseconds since 1970; else at the first picture. */
  at?: number;
  /** Is told what moment is shown, milliseconds since 1970. */
  onTime?: (at: number) => void;
  /** Take the keys at once; otherwise when somebody clicks or tabs into it. */
  focus?: boolean;
}

/** Plays masked footage: one look, one entry in the log. Give another `wish` and it is another look. */
export function Player({ wish, ...rest }: PlayerProps) {
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const asked = JSON.stringify(wish);
  const load = useCallback(
    () =>
      send("post", "/api/viewings", {}, { ...NOTHING, ...(JSON.parse(asked) as Wish), case: caseId, reason }),
    [asked, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <Loaded of={found} again={again} empty={(look) => (look.parts.length ? null : <Nothing />)}>
      {(look) => <Playing key={look.id} look={look} again={again} {...rest} />}
    </Loaded>
  );
}

function Nothing() {
  const { t } = useTexts();
  return (
    <Empty title={t("play.none.title")}>
      <p>{t("play.none.text")}</p>
    </Empty>
  );
}

type PlayingProps = Omit<PlayerProps, "wish"> & { look: ViewingOut; again: () => void };

function Playing({ look, again, at, onTime, focus = false }: PlayingProps) {
  const { t } = useTexts();
  const cameras = useCameras();
  const line = useMemo(() => lineOf(look), [look]);
  const [error, setError] = useState<ApiError | null>(null);
  const begin = at === undefined || line.zero === null ? 0 : (at - line.zero) / 1000;
  const [first] = useState(begin);
  const { now, feeds, clock, videos, touched } = usePlay(look, line, first, setError);
  const place = useRef<HTMLElement>(null);
  useEffect(() => {
    if (focus) place.current?.focus({ preventScroll: true });
  }, [focus]);
  const shown = Math.round(now.time * 5);
  useEffect(() => {
    if (line.zero !== null) onTime?.(line.zero + shown * 200);
  }, [shown, line, onTime]);
  const act = (action: () => void) => {
    action();
    touched();
  };
  const toggle = () => act(() => (clock.playing ? clock.pause() : clock.play()));
  const seek = (to: number) => act(() => clock.seek(to));
  const setRate = (rate: number) => act(() => clock.setRate(rate));
  const keys = new Map<string, () => void>([
    [" ", toggle],
    ["k", toggle],
    ["j", () => seek(clock.time - 10)],
    ["l", () => seek(clock.time + 10)],
    ["ArrowLeft", () => seek(clock.time - 1)],
    ["ArrowRight", () => seek(clock.time + 1)],
    ["ArrowUp", () => setRate(Math.min(clock.rate * 2, 8))],
    ["ArrowDown", () => setRate(Math.max(clock.rate / 2, 0.25))],
    ["Home", () => seek(0)],
    ["End", () => seek(line.length)],
  ]);
  if (error) return <Trouble error={error} again={again} />;
  return (
    <section
      className={`player of-${Math.min(line.lanes.length, 4)}`}
      aria-label={t("play.player")}
      ref={place}
      tabIndex={-1}
      onKeyDown={(event) => pressed(event, keys)}
    >
      <div className="screens">
        {line.lanes.map((lane, n) => (
          <Screen
            key={lane.camera}
            lane={lane}
            url={feeds[n]?.url}
            zone={cameras.get(lane.camera)?.zone ?? "UTC"}
            zero={line.zero}
            now={now}
            video={(found) => {
              videos.current[n] = found;
            }}
          />
        ))}
      </div>
      <Controls line={line} now={now} toggle={toggle} seek={seek} setRate={setRate} />
      <p className="small muted">
        {t("play.logged", { entry: String(look.entry) })} {t("play.masked")}
        {look.notes.map((note) => (
          <span key={note} lang="en">
            {" "}
            {note}
          </span>
        ))}
      </p>
    </section>
  );
}

/** A key of the player; a button that has the focus keeps its own, and the page's keys are silent meanwhile. */
function pressed(event: KeyboardEvent, keys: ReadonlyMap<string, () => void>): void {
  if (event.ctrlKey || event.metaKey || event.altKey) return;
  const action = keys.get(event.key);
  const onButton = event.target instanceof HTMLButtonElement || event.target instanceof HTMLSelectElement;
  if (!action || (onButton && (event.key === " " || event.target instanceof HTMLSelectElement))) return;
  event.preventDefault();
  event.stopPropagation();
  action();
}

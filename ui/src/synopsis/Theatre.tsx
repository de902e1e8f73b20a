import { useCallback, useEffect, useMemo, useState } from "react";
import { send } from "../api/client";
import { useKeys } from "../app/keys";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import type { Knobs } from "./arrange";
import { Chosen } from "./Chosen";
import { Controls, SPEEDS } from "./Controls";
import { Export } from "./Export";
import { Filters } from "./Filters";
import { ALL, type Filter } from "./filter";
import { Legend } from "./Legend";
import { Now } from "./Now";
import type { Player } from "./player";
import { type Layers, Stage, type Tool } from "./Stage";
import type { Show } from "./show";
import { usePlan } from "./usePlan";
import { NameContext, usePlayerOf, usePlaying } from "./usePlayer";
import { useWords } from "./useWords";

const ESCAPE = "Escape";
const BEFORE = "N";
const STILL = "(prefers-reduced-motion: reduce)";
const LAYERS = [
  ["labels", "v"],
  ["heat", "h"],
  ["ways", "w"],
] as const;

/** The synopsis itself, once it is there. */
export function Theatre({ show, first }: { show: Show; first: string | null }) {
  const [player, error] = usePlayerOf(show);
  const words = useWords();
  const nameOf = useCallback((tube: number) => words.tube(show.tubes, tube), [words, show]);
  if (!player) return null;
  return (
    <NameContext.Provider value={nameOf}>
      {error ? <Trouble error={error} /> : null}
      <Playing key={show.id} show={show} player={player} first={first} />
    </NameContext.Provider>
  );
}

function Playing({ show, player, first }: { show: Show; player: Player; first: string | null }) {
  const { t } = useTexts();
  const [knobs, setKnobs] = useState<Knobs>({ density: 10, order: "local" });
  const { filter, change, undo } = useFilter();
  const [camera, setCamera] = useState(() => show.scenes.find((one) => one.camera === first)?.n ?? 0);
  const [layers, setLayers] = useState<Layers>({ labels: true, heat: false, ways: false });
  const [tool, setTool] = useState<Tool>(null);
  const [selected, setSelected] = useState<number | null>(null);
  const [pointed, setPointed] = useState<number | null>(null);
  const [said, say] = useState("");
  const passing = usePlan(show, player, knobs, filter);
  const plan = usePlaying(player, () => player.plan);
  const { kept, keep, error } = useBasket(show, say);
  const scenes = useMemo(
    () => (camera < 0 ? show.scenes : show.scenes.filter((one) => one.n === camera)),
    [show, camera],
  );
  useAutoplay(player);
  useEffect(() => {
    player.anchor = selected;
  }, [player, selected]);
  const draw = useCallback(
    (wanted: Tool) => {
      if (wanted) player.pause();
      setTool(wanted);
      if (wanted) document.querySelector<HTMLElement>(".stage")?.focus();
    },
    [player],
  );
  const target = pointed ?? selected;
  const leaveOut = (tube: number | null) => {
    if (tube === null) return;
    change({ ...filter, excluded: [...filter.excluded, tube] });
    if (tube === selected) setSelected(null);
    say(t("synopsis.said.excluded"));
  };
  const toNext = (by: number) => {
    const { shown } = player.getSnapshot();
    const here = shown.findIndex(({ tube }) => tube === selected);
    const found =
      shown[(here + by + shown.length + (here < 0 && by < 0 ? 1 : 0)) % Math.max(shown.length, 1)];
    if (found) setSelected(found.tube);
  };
  const turn = (name: keyof Layers) => setLayers((before) => ({ ...before, [name]: !before[name] }));
  useTheatreKeys(player, knobs, setKnobs, {
    z: () => draw(tool === "zone" ? null : "zone"),
    i: () => draw(tool === "line" ? null : "line"),
    t: () => draw(tool === "path" ? null : "path"),
    o: () => draw(tool === "lasso" ? null : "lasso"),
    u: () => undo?.(),
    c: () => change(ALL),
    h: () => turn("heat"),
    w: () => turn("ways"),
    v: () => turn("labels"),
    n: () => toNext(1),
    [BEFORE]: () => toNext(-1),
    x: () => leaveOut(target),
    b: () => target !== null && keep([target]),
    [ESCAPE]: () => (tool ? setTool(null) : setSelected(null)),
  });
  return (
    <div className="theatre">
      <div className="stack tight left">
        <div className="row apart">
          {show.scenes.length > 1 ? (
            <label className="knob">
              <span>{t("synopsis.camera")}</span>
              <select value={camera} onChange={(event) => setCamera(Number(event.target.value))}>
                {show.scenes.map((one) => (
                  <option key={one.n} value={one.n}>
                    {one.name}
                  </option>
                ))}
                <option value={-1}>{t("synopsis.grid")}</option>
              </select>
            </label>
          ) : (
            <span className="muted">{show.scenes[0]?.name}</span>
          )}
          <div className="row">
            {LAYERS.map(([name, key]) => (
              <button
                key={name}
                type="button"
                aria-pressed={layers[name]}
                aria-keyshortcuts={key}
                onClick={() => turn(name)}
              >
                {t(`synopsis.layer.${name}`)}
              </button>
            ))}
          </div>
        </div>
        <div className={`stages ${scenes.length > 1 ? "grid" : ""}`}>
          {scenes.map((scene) => (
            <Stage
              key={scene.n}
              {...{
                show,
                player,
                scene,
                plan,
                layers,
                tool,
                selected,
                select: setSelected,
                point: setPointed,
              }}
              shapes={filter.shapes}
              drawn={(shape) => {
                change({ ...filter, shapes: [...filter.shapes, shape] });
                setTool(null);
              }}
              caught={(tubes) => {
                setTool(null);
                keep(tubes);
              }}
              giveUp={() => setTool(null)}
            />
          ))}
        </div>
        <Waiting player={player} none={passing.length === 0} />
        <Controls show={show} player={player} plan={plan} knobs={knobs} setKnobs={setKnobs} />
        {error ? <Trouble error={error} /> : null}
        <p className="hidden-text" role="status">
          {said}
        </p>
      </div>
      <div className="stack right">
        {selected !== null ? (
          <Chosen
            key={selected}
            show={show}
            tube={selected}
            kept={kept.has(selected)}
            keep={() => keep([selected])}
            leaveOut={() => leaveOut(selected)}
            close={() => setSelected(null)}
          />
        ) : null}
        <Now show={show} player={player} selected={selected} select={setSelected} />
        <Filters
          show={show}
          filter={filter}
          change={change}
          undo={undo}
          shown={passing.length}
          tool={tool}
          setTool={draw}
        />
      </div>
      <div className="beneath">
        <Legend show={show} filter={filter} passing={passing.length} />
        <Export show={show} player={player} plan={plan} scenes={scenes} />
      </div>
    </div>
  );
}

function Waiting({ player, none }: { player: Player; none: boolean }) {
  const { t } = useTexts();
  const waiting = usePlaying(player, (one) => one.waiting);
  const text = none ? t("synopsis.nobody") : waiting ? t("synopsis.waiting") : "";
  return <p className={`waiting small ${none ? "notice" : "muted"}`}>{text}</p>;
}

/** It begins by itself, but not for whoever wants things to stand still. */
function useAutoplay(player: Player): void {
  useEffect(() => {
    if (window.matchMedia(STILL).matches) return;
    const begin = () => {
      if (player.getSnapshot().length === 0) return;
      stop();
      player.play();
    };
    const stop = player.subscribe(begin);
    return stop;
  }, [player]);
}

/** The filter, and the ones before it. */
function useFilter() {
  const [past, setPast] = useState<readonly Filter[]>([]);
  const [filter, setFilter] = useState<Filter>(ALL);
  const change = useCallback(
    (next: Filter) => {
      setPast((before) => [...before, filter]);
      setFilter(next);
    },
    [filter],
  );
  const last = past.at(-1);
  const undo = last
    ? () => {
        setFilter(last);
        setPast(past.slice(0, -1));
      }
    : null;
  return { filter, change, undo };
}

/** Takes objects into the case: they are accepted, so they lie in its basket. */
function useBasket(show: Show, say: (text: string) => void) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [kept, setKept] = useState<ReadonlySet<number>>(new Set());
  const { run, error } = useAction(async (tubes: readonly number[]) => {
    if (!tubes.length) return say(t("synopsis.said.none"));
    const tracks = tubes.map((tube) => show.tubes.ids[tube] ?? "");
    await send("post", "/api/marks", {}, { tracks, verdict: "accepted", case: caseId, reason });
    setKept((before) => new Set([...before, ...tubes]));
    say(t("synopsis.said.kept", { n: tubes.length }));
  });
  return { kept, keep: run, error };
}

function useTheatreKeys(
  player: Player,
  knobs: Knobs,
  setKnobs: (knobs: Knobs) => void,
  more: Record<string, () => void>,
): void {
  const faster = (by: number) => {
    const now = SPEEDS.indexOf(player.getSnapshot().speed);
    player.setSpeed(SPEEDS[Math.min(Math.max(now + by, 0), SPEEDS.length - 1)] ?? 1);
  };
  const denser = (by: number) =>
    setKnobs({ ...knobs, density: Math.min(Math.max(knobs.density + by, 1), 60) });
  useKeys({
    p: () => (player.getSnapshot().playing ? player.pause() : player.play()),
    ",": () => player.step(-1),
    ".": () => player.step(1),
    "[": () => faster(-1),
    "]": () => faster(1),
    "-": () => denser(-1),
    "+": () => denser(1),
    "=": () => denser(1),
    ...more,
  });
}

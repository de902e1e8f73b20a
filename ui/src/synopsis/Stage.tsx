import {
  type KeyboardEvent,
  type PointerEvent,
  useCallback,
  useEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useTexts } from "../i18n";
import { drawLayers, heatOf, tubesOf, waysOf } from "./layers";
import { drawOverlay } from "./overlay";
import { boxAt, type Plan, type Present } from "./plan";
import type { Player } from "./player";
import { corners, inside, type Point, type Shape, type ShapeKind } from "./shapes";
import type { Scene, Show } from "./show";
import { useNames } from "./usePlayer";

export type Tool = ShapeKind | "lasso" | null;
export interface Layers {
  labels: boolean;
  heat: boolean;
  ways: boolean;
}

interface StageProps {
  show: Show;
  player: Player;
  scene: Scene;
  plan: Plan;
  layers: Layers;
  shapes: readonly Shape[];
  tool: Tool;
  selected: number | null;
  select: (tube: number | null) => void;
  point: (tube: number | null) => void;
  /** A shape was drawn; a lasso gives whom it caught. */
  drawn: (shape: Shape) => void;
  caught: (tubes: readonly number[]) => void;
  giveUp: () => void;
}

const STEP = 0.02; // of the picture, that an arrow key moves the pointer
const NEAR = 0.004; // of the picture: a hand that draws goes farther before another point counts

/** One camera's picture, with what is drawn over it. */
export function Stage(props: StageProps) {
  const { show, player, scene, plan, layers, shapes, tool, selected } = props;
  const { t } = useTexts();
  const nameOf = useNames();
  const picture = useRef<HTMLCanvasElement>(null);
  const over = useRef<HTMLCanvasElement>(null);
  const here = useRef<readonly Present[]>([]);
  const [hovered, setHovered] = useState<number | null>(null);
  const drawing = useDrawing(props, here);
  const background = useLayers(show, scene, plan, layers);
  const paint = useRef<() => void>(() => undefined);
  paint.current = () => {
    const canvas = over.current;
    const context = canvas?.getContext("2d");
    if (!canvas || !context) return;
    const sharp = Math.min(window.devicePixelRatio || 1, 2);
    const [width, height] = [canvas.clientWidth, canvas.clientHeight];
    if (canvas.width !== Math.round(width * sharp)) canvas.width = Math.round(width * sharp);
    if (canvas.height !== Math.round(height * sharp)) canvas.height = Math.round(height * sharp);
    const { draft, cursor } = drawing;
    const { labels } = layers;
    const present = here.current;
    const what = {
      show,
      scene,
      present,
      labels,
      hovered,
      selected,
      shapes,
      draft,
      cursor,
      layers: background,
      nameOf,
    };
    drawOverlay(context, width, height, sharp, what);
  };
  useEffect(() => {
    if (!picture.current) return;
    return player.attach(scene, picture.current, (present) => {
      here.current = present;
      paint.current();
    });
  }, [player, scene]);
  useEffect(() => paint.current());
  useEffect(() => {
    const watch = new ResizeObserver(() => paint.current());
    if (over.current) watch.observe(over.current);
    return () => watch.disconnect();
  }, []);
  const hover = (event: PointerEvent) => {
    const found = tool ? null : hit(show, scene, here.current, placeOf(event));
    if (found !== hovered) {
      setHovered(found);
      props.point(found);
    }
    drawing.move(placeOf(event));
  };
  return (
    // biome-ignore lint/a11y/useSemanticElements: no element of HTML is a picture that one draws on
    <div
      className={`stage ${tool ? "drawing" : ""}`}
      style={{ maxWidth: `calc(max(220px, 100vh - 404px) * ${scene.width / scene.height})` }}
      role="group"
      // biome-ignore lint/a11y/noNoninteractiveTabindex: its keys play, step and draw
      tabIndex={0}
      aria-label={t("synopsis.stage", { camera: scene.name })}
      onKeyDown={drawing.keys}
      onPointerMove={hover}
      onPointerDown={(event) => {
        if (event.button === 0) drawing.begin(placeOf(event), event);
      }}
      onPointerUp={(event) => {
        if (tool) drawing.end(placeOf(event));
        else if (event.button === 0) props.select(hit(show, scene, here.current, placeOf(event)));
      }}
      onPointerLeave={() => {
        setHovered(null);
        props.point(null);
      }}
    >
      <canvas ref={picture} className="picture" />
      <canvas ref={over} className="over" />
    </div>
  );
}

function placeOf(event: PointerEvent): Point {
  const box = event.currentTarget.getBoundingClientRect();
  const share = (value: number) => Math.min(Math.max(value, 0), 1);
  return [share((event.clientX - box.left) / box.width), share((event.clientY - box.top) / box.height)];
}

/** The nearest object whose box holds a place. */
function hit(show: Show, scene: Scene, present: readonly Present[], [x, y]: Point): number | null {
  let [found, lowest] = [null as number | null, -1];
  for (const one of present) {
    const [left, top, w, h] = boxAt(show.tubes, one);
    const [px, py] = [x * scene.width - left, y * scene.height - top];
    if (px >= 0 && py >= 0 && px < w && py < h && top + h > lowest) [found, lowest] = [one.tube, top + h];
  }
  return found;
}

/** Those whose middle lies in a lasso. */
function within(show: Show, scene: Scene, present: readonly Present[], lasso: readonly Point[]): number[] {
  return present
    .filter((one) => {
      const [x, y, w, h] = boxAt(show.tubes, one);
      return inside(lasso, [(x + w / 2) / scene.width, (y + h / 2) / scene.height]);
    })
    .map(({ tube }) => tube);
}

function useLayers(show: Show, scene: Scene, plan: Plan, { heat, ways }: Layers): CanvasImageSource | null {
  return useMemo(() => {
    if (!heat && !ways) return null;
    const canvas = new OffscreenCanvas(scene.width, scene.height);
    const context = canvas.getContext("2d");
    const tubes = tubesOf(scene, plan);
    if (context)
      drawLayers(
        context,
        scene,
        heat ? heatOf(show.tubes, scene, tubes) : null,
        ways ? waysOf(show.tubes, scene, tubes) : [],
      );
    return canvas;
  }, [show, scene, plan, heat, ways]);
}

const ARROWS: Readonly<Record<string, Point>> = {
  ArrowLeft: [-STEP, 0],
  ArrowRight: [STEP, 0],
  ArrowUp: [0, -STEP],
  ArrowDown: [0, STEP],
};

/** Drawing a shape: by dragging, or with the arrow keys and Enter. */
function useDrawing(props: StageProps, here: { current: readonly Present[] }) {
  const { show, scene, tool, drawn, caught, giveUp, player } = props;
  const [draft, setDraft] = useState<readonly Point[]>([]);
  const [cursor, setCursor] = useState<Point | null>(null);
  const dragging = useRef(false);
  useEffect(() => {
    setDraft([]);
    dragging.current = false;
    if (!tool) setCursor(null);
  }, [tool]);
  const finish = useCallback(
    (points: readonly Point[]) => {
      dragging.current = false;
      setDraft([]);
      setCursor(null);
      if (!tool || points.length < 2) return giveUp();
      if (tool === "lasso") return caught(within(show, scene, here.current, points));
      const [first, last] = [points[0] as Point, points.at(-1) as Point];
      const shape = tool === "zone" ? corners(first, last) : tool === "line" ? [first, last] : points;
      drawn({ kind: tool, scene: scene.n, points: shape });
    },
    [tool, show, scene, drawn, caught, giveUp, here],
  );
  const extended = (points: readonly Point[], place: Point): readonly Point[] => {
    const first = points[0];
    if (!first) return [place];
    if (tool === "zone") return [...corners(first, place), first].slice(0, 5).toSpliced(2, 1, place);
    if (tool === "line") return [first, place];
    const last = points.at(-1) as Point;
    return Math.hypot(place[0] - last[0], place[1] - last[1]) < NEAR ? points : [...points, place];
  };
  const begin = (place: Point, event: PointerEvent) => {
    if (!tool) return;
    event.currentTarget.setPointerCapture(event.pointerId);
    dragging.current = true;
    setDraft([place]);
  };
  const move = (place: Point) => {
    if (dragging.current) setDraft((points) => extended(points, place));
  };
  const end = (place: Point) => {
    if (!dragging.current) return;
    const first = draft[0] ?? place;
    finish(tool === "zone" || tool === "line" ? (far(first, place) ? [first, place] : []) : draft);
  };
  const put = () => {
    const place = cursor ?? ([0.5, 0.5] as const);
    const last = draft.at(-1);
    const done = last && !far(last, place);
    if (done || ((tool === "zone" || tool === "line") && draft.length))
      finish(done ? draft : [...draft, place]);
    else setDraft([...draft, place]);
    setCursor(place);
  };
  const keys = (event: KeyboardEvent) => {
    const arrow = ARROWS[event.key];
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (tool && arrow) {
      const [x, y] = cursor ?? [0.5, 0.5];
      setCursor([Math.min(Math.max(x + arrow[0], 0), 1), Math.min(Math.max(y + arrow[1], 0), 1)]);
    } else if (tool && event.key === "Enter") put();
    else if (event.key === " ") player.snapshot.playing ? player.pause() : player.play();
    else if (!tool && arrow?.[0])
      player.seek(player.snapshot.frame + Math.sign(arrow[0]) * Math.round(player.pace));
    else if (event.key === "Home") player.seek(0);
    else if (event.key === "End") player.seek(player.length);
    else return;
    event.preventDefault();
  };
  return { draft, cursor: tool ? cursor : null, begin, move, end, keys };
}

function far(a: Point, b: Point): boolean {
  return Math.hypot(a[0] - b[0], a[1] - b[1]) >= NEAR * 2;
}

import { useEffect, useMemo, useReducer, useState } from "react";
import { get, send } from "../api/client";
import type { CameraOut, SceneOut, WaysOut, ZoneOut } from "../api/types";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { AreaList } from "./AreaList";
import { Handles, Inward, Picture, Shape } from "./Board";
import { DraftForm } from "./DraftForm";
import { begun, type Step, type Story, told } from "./draft";
import { type Kind, type Passing, type Point, passing } from "./geometry";

interface EditorProps {
  camera: CameraOut;
  scene: SceneOut;
  ways: WaysOut;
  areas: readonly ZoneOut[];
}

type Change = Step | { do: "begin"; story: Story | null };

function changed(story: Story | null, change: Change): Story | null {
  if (change.do === "begin") return change.story;
  return story && told(story, change);
}

const NOTHING: Passing = passing("zone", [], []);

/** Draw zones and lines of a camera over its empty scene, and see at once which of the last day's tracks pass. */
export function ZoneEditor({ camera, scene, ways, areas: first }: EditorProps) {
  const { t } = useTexts();
  const may = mayEver(useSession(), "camera.zones");
  const [areas, setAreas] = useState(first);
  const [story, change] = useReducer(changed, null);
  const [looked, look] = useState<string | null>(null);
  const draft = story?.now ?? null;
  const counts = useMemo(
    () =>
      new Map(areas.map((one) => [one.name, passing(one.kind, one.points as Point[], ways.ways as Way[])])),
    [areas, ways],
  );
  const drawn = useMemo(
    () => (draft ? passing(draft.kind, draft.points, ways.ways as Way[]) : NOTHING),
    [draft, ways],
  );
  const shown = draft ? drawn : ((looked === null ? undefined : counts.get(looked)) ?? NOTHING);
  const { run, busy, error } = useAction(async (work: () => Promise<unknown>) => {
    await work();
    setAreas(await get("/api/zones", { camera: camera.id }));
    change({ do: "begin", story: null });
  });
  const save = () =>
    run(async () => {
      if (!draft) return;
      const name = draft.name.trim();
      const body = { kind: draft.kind, points: draft.points.map(([x, y]): [number, number] => [x, y]) };
      await send("put", "/api/cameras/{camera}/zones/{name}", { camera: camera.id, name }, body);
      if (draft.was !== null && draft.was !== name) await drop(camera.id, draft.was);
    });
  const begin = (kind: Kind) =>
    change({ do: "begin", story: begun(kind, unusedName(t(`zones.${kind}`), areas)) });
  useUndoKeys(story !== null, change);
  return (
    <div className="drawing">
      <div className="stack">
        <div className="board">
          <Picture
            picture={scene.picture}
            width={scene.width}
            height={scene.height}
            label={t("zones.board", { camera: camera.name, n: areas.length })}
            shapes={<Shapes ways={ways} areas={areas} story={story} looked={looked} shown={shown} />}
          >
            {areas
              .filter((one) => one.name !== draft?.was)
              .map((one) => (
                <Tag key={one.name} of={one} />
              ))}
            {draft?.kind === "line" ? (
              <Inward points={draft.points} size={[scene.width, scene.height]} />
            ) : null}
            {draft ? (
              <Handles
                free
                points={draft.points}
                chosen={draft.chosen}
                closed={draft.kind === "zone"}
                act={change}
                nameOf={(corner) => String(corner + 1)}
              />
            ) : null}
          </Picture>
        </div>
        <About scene={scene} ways={ways} camera={camera} />
      </div>
      <section className="card stack">
        {error ? <Trouble error={error} /> : null}
        {story ? (
          <DraftForm
            story={story}
            taken={areas.map((one) => one.name)}
            passing={drawn}
            act={change}
            busy={busy}
            save={save}
            cancel={() => change({ do: "begin", story: null })}
          />
        ) : (
          <>
            {may ? (
              <div className="row">
                <button type="button" className="primary" onClick={() => begin("zone")}>
                  {t("zones-new.zone")}
                </button>
                <button type="button" onClick={() => begin("line")}>
                  {t("zones-new.line")}
                </button>
              </div>
            ) : (
              <p className="muted small">{t("zones.read-only")}</p>
            )}
            <AreaList
              areas={areas}
              counts={counts}
              may={may}
              busy={busy}
              look={look}
              edit={(one) =>
                change({ do: "begin", story: begun(one.kind, one.name, one.points as Point[], one.name) })
              }
              drop={(one) => run(() => drop(camera.id, one.name))}
            />
          </>
        )}
      </section>
    </div>
  );
}

type Way = { label: string; path: Point[] };

function drop(camera: string, name: string) {
  return send("delete", "/api/cameras/{camera}/zones/{name}", { camera, name }, undefined);
}

/** A name that no area has: the kind, and a number where there is one already. */
function unusedName(kind: string, areas: readonly ZoneOut[]): string {
  const taken = new Set(areas.map((one) => one.name));
  let name = kind;
  for (let n = 2; taken.has(name); n++) name = `${kind} ${n}`;
  return name;
}

function useUndoKeys(drawing: boolean, change: (step: Step) => void): void {
  useEffect(() => {
    if (!drawing) return;
    const pressed = (event: KeyboardEvent) => {
      const typing = event.target instanceof HTMLInputElement && event.target.type === "text";
      if (typing || !(event.ctrlKey || event.metaKey)) return;
      const key = event.key.toLowerCase();
      if (key !== "z" && key !== "y") return;
      event.preventDefault();
      change({ do: key === "y" || event.shiftKey ? "redo" : "undo" });
    };
    window.addEventListener("keydown", pressed);
    return () => window.removeEventListener("keydown", pressed);
  }, [drawing, change]);
}

interface ShapesProps {
  ways: WaysOut;
  areas: readonly ZoneOut[];
  story: Story | null;
  looked: string | null;
  shown: Passing;
}

/** The ways of the last day (those that pass in colour), the areas, and what is being drawn. */
function Shapes({ ways, areas, story, looked, shown }: ShapesProps) {
  const lines = useMemo(
    () => ways.ways.map((way) => way.path.map((place) => place.join(",")).join(" ")),
    [ways],
  );
  return (
    <>
      {lines.map((points, i) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: the ways never change
        <polyline key={i} points={points} className={shown.which.has(i) ? "way passes" : "way"} />
      ))}
      {areas
        .filter((one) => one.name !== story?.now.was)
        .map((one) => (
          <Shape
            key={one.name}
            kind={one.kind}
            points={one.points as Point[]}
            className={story || (looked !== null && looked !== one.name) ? "dim" : ""}
          />
        ))}
      {story ? <Shape kind={story.now.kind} points={story.now.points} className="draft" /> : null}
    </>
  );
}

/** The name of an area over its middle. */
function Tag({ of }: { of: ZoneOut }) {
  const mean = (axis: 0 | 1) => of.points.reduce((sum, point) => sum + point[axis], 0) / of.points.length;
  return (
    <span className="tag" style={{ left: `${mean(0) * 100}%`, top: `${mean(1) * 100}%` }}>
      {of.name}
    </span>
  );
}

/** What the picture and the counts are of. */
function About({ scene, ways, camera }: Pick<EditorProps, "scene" | "ways" | "camera">) {
  const { t } = useTexts();
  const { zone } = camera;
  return (
    <p className="muted small">
      {scene.picture ? t("zones.scene") : t("zones.no-scene")}{" "}
      {scene.at ? (
        <>
          (<Time at={scene.at} zone={zone} />){" "}
        </>
      ) : null}
      {t("zones.last-day", { n: ways.total })}{" "}
      {ways.until ? (
        <>
          (<Time at={ways.since} zone={zone} /> – <Time at={ways.until} zone={zone} />){" "}
        </>
      ) : null}
      {ways.total > ways.ways.length ? t("zones.newest", { n: ways.ways.length }) : ""}
    </p>
  );
}

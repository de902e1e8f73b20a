import { useCallback, useReducer, useState } from "react";
import { get, send } from "../api/client";
import type { CameraOut, CameraRuleOut, FoundEventsOut, RuleKindOut, SceneOut, ZoneOut } from "../api/types";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Handles, Inward, Picture, Shape } from "../zones/Board";
import { begun, type Step, type Story, told } from "../zones/draft";
import type { Point } from "../zones/geometry";
import { drawnOf, type Settings } from "./event";
import { OwnRules } from "./OwnRules";
import { RuleForm } from "./RuleForm";
import { TrialResult } from "./TrialResult";

interface EditorProps {
  camera: CameraOut;
  scene: SceneOut;
  areas: readonly ZoneOut[];
  kinds: readonly RuleKindOut[];
  own: readonly CameraRuleOut[];
}

/** A rule as it is being written; `area`: the zone or line of the camera that it takes, "" = drawn here. */
export interface Writing {
  name: string;
  kind: RuleKindOut;
  settings: Settings;
  area: string;
}

type Change = Step | { do: "begin"; story: Story };

function changed(story: Story, change: Change): Story {
  return change.do === "begin" ? change.story : told(story, change);
}

const FIRST = "line"; // the rule that a new one begins as

/** Write a rule of a camera over its empty scene, try it on what is stored, and keep it. */
export function RuleEditor({ camera, scene, areas, kinds, own: first }: EditorProps) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const may = mayEver(useSession(), "camera.zones");
  const [own, setOwn] = useState(first);
  const [writing, setWriting] = useState<Writing>(() => fresh(kinds));
  const [story, change] = useReducer(changed, begun("line"));
  const [tried, setTried] = useState<FoundEventsOut | null>(null);
  const drawn = drawnOf(writing.kind);
  const shape = drawn && !writing.area ? story.now.points : [];
  const settings = settingsOf(writing, shape);
  const write = (next: Writing) => {
    const now = drawnOf(next.kind);
    if (now && next.kind !== writing.kind) change({ do: "begin", story: begun(now.kind) });
    setTried(null);
    setWriting(next);
  };
  const open = (rule: CameraRuleOut) => {
    const kind = kinds.find((one) => one.kind === rule.rule);
    if (!kind) return;
    const [found, { ...rest }] = [drawnOf(kind), rule.settings as Settings];
    const value = found ? rest[found.name] : undefined;
    if (found) delete rest[found.name];
    const points = Array.isArray(value) ? (value as Point[]) : [];
    setWriting({ name: rule.name, kind, settings: rest, area: typeof value === "string" ? value : "" });
    setTried(null);
    change({ do: "begin", story: begun(found?.kind ?? "line", "", points) });
  };
  const list = useCallback(
    async () => setOwn(await get("/api/cameras/{camera}/rules", { camera: camera.id })),
    [camera.id],
  );
  const { run, busy, error } = useAction(async (work: () => Promise<unknown>) => {
    await work();
  });
  const attempt = () =>
    run(async () => {
      const body = { rule: writing.kind.kind, settings: settings as object, case: caseId, reason };
      setTried(await send("post", "/api/cameras/{camera}/trial", { camera: camera.id }, body as never));
    });
  const save = () =>
    run(async () => {
      const name = writing.name.trim();
      const body = { rule: writing.kind.kind, settings: settings as object };
      await send("put", "/api/cameras/{camera}/rules/{name}", { camera: camera.id, name }, body as never);
      await list();
    });
  const drop = (name: string) =>
    run(async () => {
      await send("delete", "/api/cameras/{camera}/rules/{name}", { camera: camera.id, name }, undefined);
      await list();
    });
  const taken = areas.find((one) => one.name === writing.area);
  return (
    <>
      <div className="drawing">
        <div className="stack">
          <div className="board">
            <Picture
              picture={scene.picture}
              width={scene.width}
              height={scene.height}
              label={t("events.board", { camera: camera.name })}
              shapes={
                <>
                  {areas.map((one) => (
                    <Shape
                      key={one.name}
                      kind={one.kind}
                      points={one.points as Point[]}
                      className={one === taken ? "draft" : "dim"}
                    />
                  ))}
                  {drawn ? <Shape kind={drawn.kind} points={shape} className="draft" /> : null}
                </>
              }
            >
              {drawn?.kind === "line" && shape.length > 1 ? (
                <Inward points={shape} size={[scene.width, scene.height]} />
              ) : null}
              {drawn && !writing.area ? (
                <Handles
                  free
                  points={story.now.points}
                  chosen={story.now.chosen}
                  closed={drawn.kind === "zone"}
                  act={change}
                  nameOf={(corner) => String(corner + 1)}
                />
              ) : null}
            </Picture>
          </div>
          <p className="muted small">{scene.picture ? t("zones.scene") : t("zones.no-scene")}</p>
          <OwnRules own={own} may={may} busy={busy} open={open} drop={drop} usual={kinds} />
        </div>
        <section className="card stack">
          {error ? <Trouble error={error} /> : null}
          <RuleForm
            writing={writing}
            kinds={kinds}
            areas={areas}
            story={story}
            act={change}
            write={write}
            busy={busy}
            attempt={attempt}
            {...(may ? { save } : {})}
          />
        </section>
      </div>
      {tried ? <TrialResult tried={tried} camera={camera} /> : null}
    </>
  );
}

function fresh(kinds: readonly RuleKindOut[]): Writing {
  const kind = kinds.find((one) => one.kind === FIRST) ?? (kinds[0] as RuleKindOut);
  return { name: "", kind, settings: {}, area: "" };
}

/** The settings as the server takes them: what was typed, and what was drawn or chosen. */
function settingsOf({ kind, settings, area }: Writing, shape: readonly Point[]): Settings {
  const drawn = drawnOf(kind);
  const known = Object.entries(settings).filter(
    ([name, value]) => value !== undefined && kind.parameters.some((one) => one.name === name),
  );
  const typed = Object.fromEntries(known);
  if (!drawn || (!area && !shape.length)) return typed;
  return { ...typed, [drawn.name]: area || shape.map(([x, y]) => [x, y]) };
}

import { type FormEvent, useCallback, useEffect, useState } from "react";
import { type ApiError, send } from "../api/client";
import type { CameraOut, GroundOut, SceneOut, TrialOut } from "../api/types";
import { asApiError } from "../api/useLoad";
import { mayEver, useSession } from "../app/session";
import { number, useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Handles, Picture } from "./Board";
import type { Step } from "./draft";
import type { Point } from "./geometry";
import * as ground from "./ground";

type Box = [number, number, number, number];

interface GroundProps {
  camera: CameraOut;
  scene: SceneOut;
  people: readonly Box[];
  kept: GroundOut | null;
}

/** Say where the ground lies, by four places or more, and see at once what that says of people's heights. */
export function GroundEditor({ camera, scene, people, kept }: GroundProps) {
  const { t } = useTexts();
  const may = mayEver(useSession(), "camera.zones");
  const [of, set] = useState(() => ground.begin(kept as { picture: Point[]; metres: Point[] } | null));
  const [chosen, choose] = useState(-1);
  const [saved, setSaved] = useState(kept !== null);
  const [trial, trouble] = useTrial(of, scene, people);
  const { run, busy, error } = useAction(async () => {
    await send("put", "/api/cameras/{camera}/ground", { camera: camera.id }, pointsOf(of));
    setSaved(true);
  });
  const change = (next: ground.Measured) => {
    set(next);
    setSaved(false);
  };
  const act = (step: Step) => {
    if (step.do === "choose") choose(step.corner);
    if (step.do !== "move") return;
    choose(step.corner);
    change(ground.moved(of, step.corner, step.to));
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    run();
  };
  return (
    <div className="drawing">
      <div className="stack">
        <div className="board">
          <Picture
            picture={scene.picture}
            width={scene.width}
            height={scene.height}
            label={t("ground.board", { camera: camera.name })}
            shapes={<Grid trial={trial} places={of.places} people={people} />}
          >
            {may ? (
              <Handles
                free={false}
                points={of.places}
                chosen={chosen}
                closed
                act={act}
                nameOf={(place) => ground.NAMES[place] ?? ""}
              />
            ) : null}
          </Picture>
        </div>
        <p className="muted small">{t("ground.about", { n: trial?.step ?? 1 })}</p>
      </div>
      <section className="card stack">
        <h2>{t("ground.title")}</h2>
        <p className="muted small">{t("ground.how")}</p>
        {error ? <Trouble error={error} /> : null}
        {trouble ? <Trouble error={trouble} /> : null}
        <form className="stack" onSubmit={submit}>
          <Lengths of={of} change={change} />
          <Says trial={trial} people={people.length} more={of.places.length > 4} />
          {may ? (
            <div className="row">
              <button
                type="submit"
                className="primary"
                disabled={busy || trouble !== null || !trial?.fits || saved}
              >
                {t("zones.save")}
              </button>
              <span className="small muted" role="status">
                {saved ? t("ground.saved") : ""}
              </span>
            </div>
          ) : (
            <p className="muted small">{t("zones.read-only")}</p>
          )}
        </form>
      </section>
    </div>
  );
}

function pointsOf(of: ground.Measured) {
  const plain = (points: readonly Point[]) => points.map(([x, y]): [number, number] => [x, y]);
  return { picture: plain(of.places), metres: plain(of.metres) };
}

const REST = 80; // milliseconds without a change, before the server is asked

/** What the server reckons with a ground; the answer before stays until the next is there. */
function useTrial(
  of: ground.Measured,
  scene: SceneOut,
  people: readonly Box[],
): [TrialOut | null, ApiError | null] {
  const [found, setFound] = useState<TrialOut | null>(null);
  const [trouble, setTrouble] = useState<ApiError | null>(null);
  const ask = useCallback(
    () =>
      send(
        "post",
        "/api/grounds/trial",
        {},
        { ...pointsOf(of), width: scene.width, height: scene.height, boxes: [...people] },
      ),
    [of, scene, people],
  );
  useEffect(() => {
    let here = true;
    const timer = window.setTimeout(() => {
      ask().then(
        (said) => {
          if (!here) return;
          setFound(said);
          setTrouble(null);
        },
        (why: unknown) => here && setTrouble(asApiError(why)),
      );
    }, REST);
    return () => {
      here = false;
      window.clearTimeout(timer);
    };
  }, [ask]);
  return [found, trouble];
}

interface GridProps {
  trial: TrialOut | null;
  places: readonly Point[];
  people: readonly Box[];
}

/** The grid of metres, the quadrangle, and people as uprights: those of a likely height are bright. */
function Grid({ trial, places, people }: GridProps) {
  return (
    <>
      {trial?.lines.map((line) => {
        const text = line.points.map((place) => place.join(",")).join(" ");
        return <polyline key={text} points={text} className={line.fifth ? "metres fifth" : "metres"} />;
      })}
      {people.map(([x1, y1, x2, y2], i) => {
        const tall = trial?.heights[i] ?? null;
        const likely = tall !== null && tall > 1.4 && tall < 2.1;
        return (
          <line
            // biome-ignore lint/suspicious/noArrayIndexKey: the people never change
            key={i}
            x1={(x1 + x2) / 2}
            x2={(x1 + x2) / 2}
            y1={y1}
            y2={y2}
            className={likely ? "person" : "person odd"}
          />
        );
      })}
      <polygon
        points={places
          .slice(0, 4)
          .map((place) => place.join(","))
          .join(" ")}
        className="area draft"
      />
    </>
  );
}

/** The two lengths of a rectangle, or the metres of each place. */
function Lengths({ of, change }: { of: ground.Measured; change: (next: ground.Measured) => void }) {
  const { t } = useTexts();
  const [width, depth] = ground.sides(of.metres);
  const as = (rectangle: boolean) =>
    change(
      rectangle
        ? { places: of.places.slice(0, 4), metres: ground.rectangle(width || 4, depth || 4), rectangle }
        : { ...of, rectangle },
    );
  return (
    <>
      <fieldset className="tabs plain" aria-label={t("ground.known")}>
        {[true, false].map((one) => (
          <button key={String(one)} type="button" aria-pressed={one === of.rectangle} onClick={() => as(one)}>
            {t(one ? "ground.rectangle" : "ground.places")}
          </button>
        ))}
      </fieldset>
      {of.rectangle ? (
        <div className="row">
          <Metres
            label={t("ground.width")}
            value={width}
            set={(value) => change({ ...of, metres: ground.rectangle(value, depth) })}
          />
          <Metres
            label={t("ground.depth")}
            value={depth}
            set={(value) => change({ ...of, metres: ground.rectangle(width, value) })}
          />
        </div>
      ) : (
        <>
          {of.metres.map(([x, y], i) => (
            <div key={ground.NAMES[i]} className="row">
              <strong className="place">{ground.NAMES[i]}</strong>
              <Metres
                label={t("ground.x", { name: ground.NAMES[i] ?? "" })}
                value={x}
                set={(value) => change(ground.measured(of, i, [value, y]))}
              />
              <Metres
                label={t("ground.y", { name: ground.NAMES[i] ?? "" })}
                value={y}
                set={(value) => change(ground.measured(of, i, [x, value]))}
              />
            </div>
          ))}
          <div className="row">
            <button
              type="button"
              disabled={of.places.length >= ground.NAMES.length}
              onClick={() => change(ground.more(of))}
            >
              {t("ground.more")}
            </button>
            <button type="button" disabled={of.places.length <= 4} onClick={() => change(ground.fewer(of))}>
              {t("ground.fewer")}
            </button>
          </div>
        </>
      )}
    </>
  );
}

function Metres({ label, value, set }: { label: string; value: number; set: (value: number) => void }) {
  return (
    <Field label={label}>
      <input
        className="metres-in"
        type="number"
        step={0.01}
        value={value}
        onChange={(event) => {
          const typed = event.target.valueAsNumber;
          if (Number.isFinite(typed)) set(typed);
        }}
      />
    </Field>
  );
}

/** The live check: how tall people come out, how far the points are off, what a pixel is. */
function Says({ trial, people, more }: { trial: TrialOut | null; people: number; more: boolean }) {
  const { t, language } = useTexts();
  if (!trial) return null;
  if (!trial.fits) return <p className="notice">{t("ground.no-plane")}</p>;
  const found = ground.spread(trial.heights);
  const metres = (value: number) => number(language, Math.round(value * 100) / 100);
  const centimetres = (value: number) => number(language, Math.max(Math.round(value * 1000) / 10, 0.1));
  const verdict = found ? ground.verdictOf(found.middle) : null;
  return (
    <dl className="facts" aria-live="polite">
      <dt>{t("ground.heights")}</dt>
      <dd>
        {found && verdict ? (
          <>
            <strong>{t("ground.middle", { middle: metres(found.middle) })}</strong>{" "}
            <span className={verdict === "right" ? "badge good" : "badge warn"}>
              {t(`ground-verdict.${verdict}`)}
            </span>
            <br />
            <span className="muted small">
              {t("ground.half", { n: found.n, low: metres(found.low), high: metres(found.high) })}
            </span>
          </>
        ) : (
          <span className="muted">{t(people ? "ground.no-heights" : "ground.no-people")}</span>
        )}
      </dd>
      <dt>{t("ground.error")}</dt>
      <dd>{more ? t("ground.off", { n: centimetres(trial.error) }) : t("ground.four")}</dd>
      <dt>{t("ground.pixel")}</dt>
      <dd>{t("ground.pixels", { near: centimetres(trial.pixel[0]), far: centimetres(trial.pixel[1]) })}</dd>
    </dl>
  );
}

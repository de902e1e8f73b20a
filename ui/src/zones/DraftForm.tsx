import type { FormEvent } from "react";
import { useTexts } from "../i18n";
import { Field } from "../parts/Form";
import type { Step, Story } from "./draft";
import { FEWEST, type Kind, type Passing, type Point } from "./geometry";
import { PassingText } from "./PassingText";

interface DraftFormProps {
  story: Story;
  taken: readonly string[];
  passing: Passing;
  act: (step: Step) => void;
  busy: boolean;
  save: () => void;
  cancel: () => void;
}

/** What is being drawn: its name and kind, what passes it, its corners as numbers, and what can be done. */
export function DraftForm({ story, taken, passing, act, busy, save, cancel }: DraftFormProps) {
  const { t } = useTexts();
  const { name, was, kind, points, chosen } = story.now;
  const few = points.length < FEWEST[kind];
  const clash = name.trim() !== was && taken.includes(name.trim());
  const submit = (event: FormEvent) => {
    event.preventDefault();
    save();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <h2>{was === null ? t(`zones-new.${kind}`) : t("zones.edit.one", { name: was })}</h2>
      <Field label={t("zones.name")} {...(clash ? { help: t("zones.taken") } : {})}>
        <input
          value={name}
          required
          maxLength={100}
          onChange={(event) => act({ do: "call", name: event.target.value })}
        />
      </Field>
      <fieldset className="row plain">
        <legend className="small">{t("zones.kind")}</legend>
        {(["zone", "line"] as const).map((one: Kind) => (
          <button
            key={one}
            type="button"
            aria-pressed={one === kind}
            onClick={() => act({ do: "turn", kind: one })}
          >
            {t(`zones.${one}`)}
          </button>
        ))}
        {kind === "line" ? (
          <button type="button" className="quiet" onClick={() => act({ do: "reverse" })}>
            {t("zones.reverse")}
          </button>
        ) : null}
      </fieldset>
      <div role="status">
        {few ? (
          <p className="muted">{t("zones.few", { n: FEWEST[kind] })}</p>
        ) : (
          <PassingText kind={kind} of={passing} />
        )}
      </div>
      <div className="row">
        <button type="button" onClick={() => act({ do: "insert", after: chosen })}>
          {t("zones.add")}
        </button>
        <button type="button" disabled={!points.length} onClick={() => act({ do: "remove", corner: chosen })}>
          {t("zones.remove")}
        </button>
        <button type="button" disabled={!story.past.length} onClick={() => act({ do: "undo" })}>
          {t("zones.undo")}
        </button>
        <button type="button" disabled={!story.future.length} onClick={() => act({ do: "redo" })}>
          {t("zones.redo")}
        </button>
      </div>
      <p className="muted small">{t("zones.how")}</p>
      <details>
        <summary>{t("zones.numbers")}</summary>
        <Numbers points={points} act={act} />
      </details>
      <div className="row">
        <button type="submit" className="primary" disabled={busy || few || clash || !name.trim()}>
          {t("zones.save")}
        </button>
        <button type="button" onClick={cancel}>
          {t("zones.cancel")}
        </button>
      </div>
    </form>
  );
}

/** The corners in percent of the picture: exact, and for who does not see it. */
function Numbers({ points, act }: { points: readonly Point[]; act: (step: Step) => void }) {
  const { t } = useTexts();
  return (
    <table className="numbers">
      <thead>
        <tr>
          <th>{t("zones.number")}</th>
          <th>{t("zones.across")}</th>
          <th>{t("zones.down")}</th>
        </tr>
      </thead>
      <tbody>
        {points.map((point, i) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a corner is its place in the order
          <tr key={i}>
            <td>{i + 1}</td>
            {([0, 1] as const).map((axis) => (
              <td key={axis}>
                <input
                  type="number"
                  min={0}
                  max={100}
                  step={0.1}
                  aria-label={`${i + 1}, ${t(axis ? "zones.down" : "zones.across")}`}
                  value={Math.round(point[axis] * 1000) / 10}
                  onChange={(event) => {
                    const value = event.target.valueAsNumber / 100;
                    if (!Number.isFinite(value)) return;
                    act({ do: "move", corner: i, to: axis ? [point[0], value] : [value, point[1]] });
                  }}
                />
              </td>
            ))}
          </tr>
        ))}
      </tbody>
    </table>
  );
}

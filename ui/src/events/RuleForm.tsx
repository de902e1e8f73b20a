import type { FormEvent } from "react";
import type { RuleKindOut, ZoneOut } from "../api/types";
import { isKey, useTexts } from "../i18n";
import { Field } from "../parts/Form";
import type { Step, Story } from "../zones/draft";
import { FEWEST } from "../zones/geometry";
import { drawnOf, settingOf, typedOf } from "./event";
import type { Writing } from "./RuleEditor";

interface RuleFormProps {
  writing: Writing;
  kinds: readonly RuleKindOut[];
  areas: readonly ZoneOut[];
  story: Story;
  act: (step: Step) => void;
  write: (next: Writing) => void;
  busy: boolean;
  attempt: () => void;
  /** Undefined: whoever looks may not keep rules. */
  save?: () => void;
}

/** Which rule, what it is called, its place, and its parameters with their defaults. */
export function RuleForm({ writing, kinds, areas, story, act, write, busy, attempt, save }: RuleFormProps) {
  const { t } = useTexts();
  const { kind } = writing;
  const drawn = drawnOf(kind);
  const few = drawn?.needed === true && !writing.area && story.now.points.length < FEWEST[drawn.kind];
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (!few) attempt();
  };
  return (
    <form className="stack" onSubmit={submit}>
      <h2>{t("events.rule.write")}</h2>
      <Field label={t("events.rule")}>
        <select
          name="rule"
          value={kind.kind}
          onChange={(event) => {
            const next = kinds.find((one) => one.kind === event.target.value);
            if (next) write({ ...writing, kind: next, settings: {}, area: "" });
          }}
        >
          {kinds.map((one) => (
            <option key={one.kind} value={one.kind}>
              {one.kind}
            </option>
          ))}
        </select>
      </Field>
      <p className="small muted" lang="en">
        {kind.explains}
      </p>
      {drawn ? (
        <Place writing={writing} areas={areas} drawn={drawn} write={write} act={act} story={story} />
      ) : null}
      {few && drawn ? <p className="small">{t("zones.few", { n: FEWEST[drawn.kind] })}</p> : null}
      <Parameters key={kind.kind} writing={writing} write={write} />
      <div className="row">
        <button type="submit" className="primary" disabled={busy || few}>
          {t("events.rule.try")}
        </button>
      </div>
      {save ? (
        <>
          <Field label={t("events.rule.name")} help={t("events.rule.name.help")}>
            <input
              name="name"
              maxLength={100}
              value={writing.name}
              onChange={(event) => write({ ...writing, name: event.target.value })}
            />
          </Field>
          <button type="button" disabled={busy || few || !writing.name.trim()} onClick={save}>
            {t("events.rule.save")}
          </button>
        </>
      ) : (
        <p className="muted small">{t("events.rule.read-only")}</p>
      )}
    </form>
  );
}

interface PlaceProps extends Pick<RuleFormProps, "writing" | "areas" | "write" | "act" | "story"> {
  drawn: NonNullable<ReturnType<typeof drawnOf>>;
}

/** Where the rule holds: a zone or line that the camera has, or one drawn here. */
function Place({ writing, areas, drawn, write, act, story }: PlaceProps) {
  const { t } = useTexts();
  const known = areas.filter((one) => one.kind === drawn.kind);
  return (
    <fieldset className="stack tight plain">
      <legend className="small">{t(`zones.${drawn.kind}`)}</legend>
      {known.length ? (
        <select
          name="area"
          aria-label={t("events.rule.place")}
          value={writing.area}
          onChange={(event) => write({ ...writing, area: event.target.value })}
        >
          <option value="">{t("events.rule.draw")}</option>
          {known.map((one) => (
            <option key={one.name} value={one.name}>
              {one.name}
            </option>
          ))}
        </select>
      ) : null}
      {writing.area ? null : (
        <>
          <div className="row">
            <button type="button" onClick={() => act({ do: "insert", after: story.now.chosen })}>
              {t("zones.add")}
            </button>
            <button
              type="button"
              disabled={!story.now.points.length}
              onClick={() => act({ do: "remove", corner: story.now.chosen })}
            >
              {t("zones.remove")}
            </button>
            {drawn.kind === "line" ? (
              <button type="button" className="quiet" onClick={() => act({ do: "reverse" })}>
                {t("zones.reverse")}
              </button>
            ) : null}
          </div>
          <p className="muted small">
            {drawn.needed ? t("zones.how") : `${t("zones.how")} ${t("events.rule.anywhere")}`}
          </p>
        </>
      )}
    </fieldset>
  );
}

/** Each parameter with its default, which stands where nothing is typed. */
function Parameters({ writing, write }: Pick<RuleFormProps, "writing" | "write">) {
  const { t } = useTexts();
  const drawn = drawnOf(writing.kind)?.name;
  const shown = writing.kind.parameters.filter((one) => one.name !== drawn);
  return (
    <div className="parameters">
      {shown.map((one) => {
        const set = (typed: string) =>
          write({ ...writing, settings: { ...writing.settings, [one.name]: settingOf(one, typed) } });
        const value = typedOf(writing.settings[one.name]);
        const choices = one.kind === "truth" ? ["true", "false"] : one.choices;
        const key = `event-parameter.${one.name}`;
        return (
          <Field key={one.name} label={isKey(key) ? t(key) : one.name}>
            {choices.length ? (
              <select name={one.name} value={value} onChange={(event) => set(event.target.value)}>
                <option value="">{t("events.rule.default", { value: typedOf(one.default) })}</option>
                {choices.map((choice) => (
                  <option key={choice} value={choice}>
                    {choice}
                  </option>
                ))}
              </select>
            ) : (
              <input
                name={one.name}
                inputMode={one.kind === "number" || one.kind === "whole" ? "decimal" : "text"}
                placeholder={typedOf(one.default)}
                defaultValue={value}
                onChange={(event) => set(event.target.value)}
              />
            )}
          </Field>
        );
      })}
    </div>
  );
}

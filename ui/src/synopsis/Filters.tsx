import { useTexts } from "../i18n";
import { ALL, coloursOf, type Filter } from "./filter";
import type { Tool } from "./Stage";
import type { Show } from "./show";
import { at, type Tubes } from "./tubes";
import { useWords } from "./useWords";

const TOOLS = [
  ["zone", "z"],
  ["line", "i"],
  ["path", "t"],
  ["lasso", "o"],
] as const;

interface FiltersProps {
  show: Show;
  filter: Filter;
  change: (filter: Filter) => void;
  undo: (() => void) | null;
  shown: number;
  tool: Tool;
  setTool: (tool: Tool) => void;
}

/** Which objects are shown; every change is seen at once and can be undone. */
export function Filters({ show, filter, change, undo, shown, tool, setTool }: FiltersProps) {
  const { t } = useTexts();
  const words = useWords();
  const { tubes } = show;
  const kinds = tally(tubes, (tube) => [at(tubes.label, tube)]);
  const colours = tally(tubes, (tube) => coloursOf(tubes, tube));
  const toggle = (list: readonly number[], one: number) =>
    list.includes(one) ? list.filter((other) => other !== one) : [...list, one];
  return (
    <section className="card stack tight filters" aria-labelledby="filters-title">
      <div className="row apart">
        <h2 id="filters-title">{t("synopsis.filters")}</h2>
        <span className="badge accent">{t("synopsis.passing", { n: shown, all: tubes.count })}</span>
      </div>
      <Choices
        title={t("synopsis.kind")}
        of={kinds}
        chosen={filter.kinds}
        name={(one) => words.kind(tubes.classes[one] ?? "")}
        toggle={(one) => change({ ...filter, kinds: toggle(filter.kinds, one) })}
      />
      <Choices
        title={t("synopsis.colour")}
        of={colours}
        chosen={filter.colours}
        name={(one) => words.colour(tubes.colours[one] ?? "")}
        toggle={(one) => change({ ...filter, colours: toggle(filter.colours, one) })}
      />
      <Numbers filter={filter} change={change} />
      <fieldset className="tools">
        <legend>{t("synopsis.draw")}</legend>
        <div className="row">
          {TOOLS.map(([one, key]) => (
            <button
              key={one}
              type="button"
              aria-pressed={tool === one}
              aria-keyshortcuts={key}
              onClick={() => setTool(tool === one ? null : one)}
            >
              {t(`synopsis.tool.${one}`)}
            </button>
          ))}
        </div>
        <p className="small muted">{t(tool ? `synopsis.draw.${tool}` : "synopsis.draw.help")}</p>
      </fieldset>
      <div className="row">
        <button type="button" aria-keyshortcuts="u" disabled={!undo} onClick={() => undo?.()}>
          {t("synopsis.undo")}
        </button>
        <button type="button" aria-keyshortcuts="c" disabled={filter === ALL} onClick={() => change(ALL)}>
          {t("synopsis.clear")}
        </button>
        {filter.shapes.length ? (
          <span className="small muted">{t("synopsis.shapes", { n: filter.shapes.length })}</span>
        ) : null}
        {filter.excluded.length ? (
          <span className="small muted">{t("synopsis.excluded", { n: filter.excluded.length })}</span>
        ) : null}
      </div>
    </section>
  );
}

/** How many tubes have each value, the most frequent first. */
function tally(tubes: Tubes, valuesOf: (tube: number) => readonly number[]): [number, number][] {
  const counts = new Map<number, number>();
  for (let tube = 0; tube < tubes.count; tube++)
    for (const value of valuesOf(tube)) counts.set(value, (counts.get(value) ?? 0) + 1);
  return [...counts].sort((a, b) => b[1] - a[1] || a[0] - b[0]);
}

interface ChoicesProps {
  title: string;
  of: readonly [number, number][];
  chosen: readonly number[];
  name: (one: number) => string;
  toggle: (one: number) => void;
}

function Choices({ title, of, chosen, name, toggle }: ChoicesProps) {
  if (!of.length) return null;
  return (
    <fieldset>
      <legend>{title}</legend>
      <div className="choices-row">
        {of.map(([one, count]) => (
          <button key={one} type="button" aria-pressed={chosen.includes(one)} onClick={() => toggle(one)}>
            {name(one)} <span className="muted">{count}</span>
          </button>
        ))}
      </div>
    </fieldset>
  );
}

function Numbers({ filter, change }: Pick<FiltersProps, "filter" | "change">) {
  const { t } = useTexts();
  const field = (name: "from" | "until" | "shortest" | "longest", most: number, empty: number) => (
    <label className="field">
      <span>{t(`synopsis.${name}`)}</span>
      <input
        type="number"
        min={0}
        max={most}
        step={1}
        value={filter[name] === empty ? "" : filter[name]}
        placeholder={Number.isFinite(empty) ? String(empty) : "∞"}
        onChange={({ target }) =>
          change({
            ...filter,
            [name]: target.value === "" ? empty : Math.min(Math.max(Number(target.value), 0), most),
          })
        }
      />
    </label>
  );
  return (
    <div className="numbers">
      {field("from", 24, 0)}
      {field("until", 24, 24)}
      {field("shortest", 86_400, 0)}
      {field("longest", 86_400, Number.POSITIVE_INFINITY)}
    </div>
  );
}

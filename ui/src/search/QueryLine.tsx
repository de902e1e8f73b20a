import {
  type FormEvent,
  type KeyboardEvent,
  useEffect,
  useId,
  useLayoutEffect,
  useMemo,
  useRef,
  useState,
} from "react";
import { useCameras } from "../api/cameras";
import { useKeys } from "../app/keys";
import { useTexts } from "../i18n";
import { type Completion, complete, completions, termsOf, without } from "./query";

export interface Asked {
  query: string;
  plain: boolean;
}

interface QueryLineProps {
  asked: Asked | null;
  busy: boolean;
  ask: (asked: Asked) => void;
}

/** The query line: fields and words are completed, each term is a chip that can be taken out. */
export function QueryLine({ asked, busy, ask }: QueryLineProps) {
  const { t } = useTexts();
  const [line, setLine] = useState(asked?.query ?? "");
  const [plain, setPlain] = useState(asked?.plain ?? false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    ask({ query: line.trim(), plain });
  };
  useEffect(() => {
    if (asked) setLine(asked.query);
  }, [asked]);
  return (
    <form className="query card stack tight" onSubmit={submit}>
      <div className="query-row">
        <Line line={line} setLine={setLine} plain={plain} />
        <label className="plain">
          <input type="checkbox" checked={plain} onChange={(event) => setPlain(event.target.checked)} />
          {t("search.plain")}
        </label>
        <button type="submit" className="primary" disabled={busy}>
          {t("search.go")}
        </button>
      </div>
      {plain ? null : <Chips line={line} setLine={setLine} />}
    </form>
  );
}

function Chips({ line, setLine }: { line: string; setLine: (line: string) => void }) {
  const { t } = useTexts();
  const terms = termsOf(line);
  if (!terms.length) return <p className="muted small">{t("search.help")}</p>;
  return (
    <ul className="chips" aria-label={t("search.terms")}>
      {terms.map((term) => (
        <li key={`${term.start}${term.text}`} className="chip">
          <code>{term.text}</code>
          <button
            type="button"
            aria-label={t("search.remove", { term: term.text })}
            onClick={() => setLine(without(line, term))}
          >
            ×
          </button>
        </li>
      ))}
    </ul>
  );
}

interface LineProps {
  line: string;
  setLine: (line: string) => void;
  plain: boolean;
}

function Line({ line, setLine, plain }: LineProps) {
  const { t } = useTexts();
  const input = useRef<HTMLInputElement>(null);
  const list = useId();
  const cameras = useCameras();
  const names = useMemo(() => ({ camera: [...cameras.values()].map((one) => one.name) }), [cameras]);
  const [caret, setCaret] = useState<number | null>(null);
  const [at, setAt] = useState(-1);
  const found = plain || caret === null ? [] : completions(line, caret, names);
  const open = found.length > 0;
  const placed = useRef<number | null>(null);
  // Before the next key comes: what is typed on at once must stand behind what was completed.
  useLayoutEffect(() => {
    if (placed.current === null) return;
    input.current?.focus();
    input.current?.setSelectionRange(placed.current, placed.current);
    placed.current = null;
  });
  useKeys({ "/": () => input.current?.focus() });
  const choose = (one: Completion) => {
    const made = complete(line, one);
    setLine(made.line);
    setAt(-1);
    setCaret(made.caret);
    placed.current = made.caret;
  };
  const pressed = (event: KeyboardEvent<HTMLInputElement>) => {
    const chosen = found[at];
    if (event.key === "Escape") setCaret(null);
    else if (!open) return;
    else if (event.key === "ArrowDown") setAt((at + 1) % found.length);
    else if (event.key === "ArrowUp") setAt((at - 1 + found.length) % found.length);
    else if (chosen && (event.key === "Enter" || event.key === "Tab")) choose(chosen);
    else return;
    event.preventDefault();
  };
  const look = () => setCaret(input.current?.selectionStart ?? null);
  return (
    <div className="line">
      <input
        ref={input}
        type="text"
        role="combobox"
        aria-label={t("search.query")}
        aria-expanded={open}
        aria-controls={list}
        aria-autocomplete="list"
        {...(open && at >= 0 ? { "aria-activedescendant": `${list}-${at}` } : {})}
        placeholder={plain ? "" : t("search.placeholder")}
        autoComplete="off"
        autoCapitalize="off"
        spellCheck={plain}
        maxLength={2000}
        value={line}
        onChange={(event) => {
          setLine(event.target.value);
          setAt(-1);
          setCaret(event.target.selectionStart);
        }}
        onKeyDown={pressed}
        onClick={look}
        onBlur={() => setCaret(null)}
      />
      <div id={list} role="listbox" aria-label={t("search.suggestions")} hidden={!open}>
        {found.map((one, i) => (
          // biome-ignore lint/a11y/useKeyWithClickEvents: the keys are those of the input
          <div
            key={one.text}
            id={`${list}-${i}`}
            role="option"
            tabIndex={-1}
            aria-selected={i === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => choose(one)}
          >
            <code>{one.text}</code>
          </div>
        ))}
      </div>
    </div>
  );
}

import { useCallback, useMemo, useState } from "react";
import { get, send } from "../api/client";
import { useMay } from "../api/may";
import type { CameraOut, EventOut, EventsOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { useKeys } from "../app/keys";
import { useReason } from "../app/reason";
import { useCaseId } from "../app/router";
import { useTexts } from "../i18n";
import { Field, useAction } from "../parts/Form";
import { Empty, Loaded, Trouble } from "../parts/Loaded";
import { Player } from "../play/Player";
import { EventRow } from "./EventRow";
import { marks, stretchOf } from "./event";
import { Rates } from "./Rates";

type Decided = "accepted" | "rejected" | "unsure";
const VERDICTS = ["new", "accepted", "rejected", "unsure"] as const;

interface Filter {
  camera: string;
  rule: string;
  verdict: string;
  from: string;
  to: string;
}

const ALL: Filter = { camera: "", rule: "", verdict: "", from: "", to: "" };

/** Events that were kept: filtered, looked at one by one, decided; with how far their rules can be trusted. */
export function EventList({ cameras }: { cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [filter, setFilter] = useState(ALL);
  const load = useCallback(
    (signal: AbortSignal) => {
      const { camera, rule, verdict, from, to } = filter;
      const asked = {
        camera,
        rule: rule ? [rule] : [],
        verdict: verdict ? [verdict as "new"] : [],
        start: from ? `${from}T00:00:00Z` : null,
        end: to ? new Date(Date.parse(`${to}T00:00:00Z`) + 86_400_000).toISOString() : null,
      };
      return get("/api/events", { ...asked, case: caseId, reason }, signal);
    },
    [filter, caseId, reason],
  );
  const [found, again] = useLoad(load);
  return (
    <>
      <Filters cameras={cameras} filter={filter} set={setFilter} />
      <Look camera={filter.camera || (cameras[0]?.id ?? "")} cameras={cameras} done={again} />
      <Loaded
        of={found}
        again={again}
        empty={(all) => (all.events.length ? null : <None all={all} filtered={filter !== ALL} />)}
      >
        {(all) => <Decide key={all.events.map((one) => one.id).join()} first={all} cameras={cameras} />}
      </Loaded>
      <p className="muted small">{t("events.proposal")}</p>
    </>
  );
}

function None({ all, filtered }: { all: EventsOut; filtered: boolean }) {
  const { t } = useTexts();
  const text = all.may.length ? (filtered ? "events.none.filtered" : "events.none.text") : "events.none.may";
  return (
    <Empty title={t("events.none.title")}>
      <p>{t(text)}</p>
    </Empty>
  );
}

interface FiltersProps {
  cameras: readonly CameraOut[];
  filter: Filter;
  set: (filter: Filter) => void;
}

const loadKinds = (signal: AbortSignal) => get("/api/events/kinds", {}, signal);

function Filters({ cameras, filter, set }: FiltersProps) {
  const { t } = useTexts();
  const [kinds] = useLoad(loadKinds);
  const known = kinds.state === "ready" ? kinds.value.map((one) => one.kind) : [];
  const choice = (name: "camera" | "rule" | "verdict", label: string, options: [string, string][]) => (
    <Field label={label}>
      <select name={name} value={filter[name]} onChange={(e) => set({ ...filter, [name]: e.target.value })}>
        <option value="">{t("events.all")}</option>
        {options.map(([value, shown]) => (
          <option key={value} value={value}>
            {shown}
          </option>
        ))}
      </select>
    </Field>
  );
  return (
    <form className="filters" aria-label={t("events.filter")} onSubmit={(event) => event.preventDefault()}>
      {choice(
        "camera",
        t("events.camera"),
        cameras.map((one) => [one.id, one.name]),
      )}
      {choice(
        "rule",
        t("events.rule"),
        known.map((one) => [one, one]),
      )}
      {choice(
        "verdict",
        t("events.verdict"),
        VERDICTS.map((one) => [one, t(`verdict.${one}`)]),
      )}
      {(["from", "to"] as const).map((name) => (
        <Field key={name} label={t(name === "from" ? "events.from" : "events.to")}>
          <input
            type="date"
            name={name}
            value={filter[name]}
            onChange={(e) => set({ ...filter, [name]: e.target.value })}
          />
        </Field>
      ))}
    </form>
  );
}

/** Run the usual rules, and the camera's own, over what is stored of it. */
function Look({
  camera,
  cameras,
  done,
}: {
  camera: string;
  cameras: readonly CameraOut[];
  done: () => void;
}) {
  const { t, language } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const [told, tell] = useState("");
  const [notes, note] = useState<readonly string[]>([]);
  const name = cameras.find((one) => one.id === camera)?.name ?? camera;
  const look = useCallback(async () => {
    const body = { case: caseId, reason };
    const made = await send("post", "/api/cameras/{camera}/events", { camera }, body);
    const seconds = new Intl.NumberFormat(language, { maximumFractionDigits: 1 }).format(made.took);
    tell(t("events.looked", { n: made.events.length, fresh: made.fresh, seconds }));
    note(made.notes);
    if (made.fresh) done();
  }, [camera, caseId, reason, language, t, done]);
  const { run, busy, error } = useAction(look);
  return (
    <div className="stack tight">
      <div className="row">
        <button type="button" disabled={busy || !camera} onClick={run}>
          {t("events.look", { name })}
        </button>
        <span role="status" className="small">
          {busy ? t("state.loading") : told}
        </span>
      </div>
      {notes.length ? (
        <ul className="small muted" lang="en">
          {notes.map((one) => (
            <li key={one}>{one}</li>
          ))}
        </ul>
      ) : null}
      {error ? <Trouble error={error} /> : null}
    </div>
  );
}

/** The events of a list, newest first, with the one that is looked at. */
function Decide({ first, cameras }: { first: EventsOut; cameras: readonly CameraOut[] }) {
  const { t } = useTexts();
  const caseId = useCaseId();
  const { text: reason } = useReason();
  const may = useMay("case.mark");
  const [events, setEvents] = useState(() => first.events.toReversed());
  const [rates, setRates] = useState(first.rates);
  const [chosen, setChosen] = useState(0);
  const [played, setPlayed] = useState<string | null>(null);
  const event = events[chosen];
  const zones = useMemo(() => new Map(cameras.map((one) => [one.id, one.zone])), [cameras]);
  const choose = (index: number) => {
    const at = Math.min(Math.max(index, 0), events.length - 1);
    setChosen(at);
    document.querySelector(`[data-event="${events[at]?.id}"]`)?.scrollIntoView({ block: "nearest" });
  };
  const save = useCallback(
    async (id: string, verdict: Decided) => {
      const body = { events: [id], verdict, note: "", case: caseId, reason };
      const made = await send("post", "/api/events/decisions", {}, body);
      const decided = new Map(made.decisions.map((one) => [one.event, one]));
      setEvents((before) =>
        before.map((one) => {
          const now = decided.get(one.id);
          return now ? { ...one, verdict: now.verdict, by: now.by, at: now.at, note: now.note } : one;
        }),
      );
      setRates((before) => before.map((one) => made.rates.find((now) => same(now, one)) ?? one));
    },
    [caseId, reason],
  );
  const { run, error } = useAction(save);
  const decideHere = (verdict: Decided) => {
    if (event && may) run(event.id, verdict).then(() => choose(chosen + 1));
  };
  useKeys({
    j: () => choose(chosen + 1),
    k: () => choose(chosen - 1),
    a: () => decideHere("accepted"),
    r: () => decideHere("rejected"),
    u: () => decideHere("unsure"),
    p: () => setPlayed(event && !event.live ? event.id : null),
  });
  const shown = events.find((one) => one.id === played);
  return (
    <>
      {error ? <Trouble error={error} /> : null}
      {first.more ? <p className="notice">{t("events.more", { n: events.length })}</p> : null}
      <Line events={events} chosen={chosen} />
      <div className="deciding">
        <ul className="event-list" aria-label={t("events.list")}>
          {events.map((one, index) => (
            <li key={one.id}>
              <EventRow
                event={one}
                camera={first.cameras[one.camera] ?? one.camera}
                zone={zones.get(one.camera) ?? ""}
                chosen={index === chosen}
                choose={() => setChosen(index)}
                {...(may ? { decide: (verdict: Decided) => run(one.id, verdict) } : {})}
                {...(one.live ? {} : { play: () => setPlayed(one.id) })}
              />
            </li>
          ))}
        </ul>
        <div className="stack">
          {shown ? (
            <section className="card stack tight">
              <div className="row apart">
                <h2>{shown.name}</h2>
                <button type="button" onClick={() => setPlayed(null)}>
                  {t("action.close")}
                </button>
              </div>
              <Player wish={{ footage: shown.footage, ...stretchOf(shown) }} focus />
            </section>
          ) : (
            <p className="muted small">{t("events.how")}</p>
          )}
          <Rates rates={rates} cameras={first.cameras} />
        </div>
      </div>
    </>
  );
}

type Rate = EventsOut["rates"][number];

function same(a: Rate, b: Rate): boolean {
  return a.camera === b.camera && a.rule === b.rule && a.name === b.name;
}

/** When the events were, on one line; the list says the same in words. */
function Line({ events, chosen }: { events: readonly EventOut[]; chosen: number }) {
  const { t } = useTexts();
  const placed = marks(events);
  if (!placed.length) return null;
  return (
    <svg
      className="event-line"
      viewBox="0 0 100 10"
      preserveAspectRatio="none"
      role="img"
      aria-label={t("events.line", { n: placed.length })}
    >
      {placed.map(({ at, index }) => (
        <rect
          key={events[index]?.id}
          x={at * 99}
          y={index === chosen ? 0 : 2}
          width={index === chosen ? 0.9 : 0.5}
          height={index === chosen ? 10 : 6}
          className={`mark ${events[index]?.verdict ?? "new"}`}
        />
      ))}
    </svg>
  );
}

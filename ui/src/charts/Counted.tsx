import { useMemo, useState } from "react";
import { address } from "../api/client";
import type { SceneOut, StatisticsOut } from "../api/types";
import { number, useTexts } from "../i18n";
import { clockOf, length, share } from "../i18n/times";
import { type Bin, binned, folded, partOf, type Row, seriesOf, total, type View } from "./bins";
import { type Bar, Bars, Columns, Legend, NumberTable, short } from "./Charts";
import { HeatMap, WayMap } from "./Maps";
import { barOf, type Kind, MAPS, named, TIMED, valuesOf } from "./names";

interface CountedProps {
  kind: Kind;
  zone: string;
  cameras: number;
  asked: { by: Kind; bin_seconds: number };
  table: StatisticsOut;
  coverage: readonly Row[];
  scene: SceneOut | null;
}

/** What was counted: how much was looked at, the picture, the numbers beside it, and the files. */
export function Counted({ kind, zone, cameras, asked, table, coverage, scene }: CountedProps) {
  const { t, language } = useTexts();
  const seen = coverage.reduce((sum, row) => sum + Number(row.seen ?? 0), 0) * asked.bin_seconds;
  const rows: readonly Row[] = table.rows;
  const untimed = rows
    .filter((row) => row.time === "")
    .reduce((sum, row) => sum + Number(row.tracks ?? 0), 0);
  return (
    <>
      <Headline kind={kind} rows={rows} seen={seen} least={table.least} untimed={untimed} />
      {seen === 0 && !rows.length ? (
        <div className="stack tight">
          <h2>{t("stats.unseen.title")}</h2>
          <p className="muted">{t("stats.unseen.text")}</p>
        </div>
      ) : TIMED.has(kind) ? (
        <OverTime
          kind={kind}
          zone={zone}
          cameras={cameras}
          size={asked.bin_seconds}
          rows={rows}
          coverage={coverage}
        />
      ) : MAPS.has(kind) ? (
        <OverPicture kind={kind} rows={rows} scene={scene} />
      ) : (
        <ByName kind={kind} rows={rows} />
      )}
      <div className="row">
        <span className="small muted">{t("stats.export")}</span>
        {(kind === "heat" ? FILES : FILES.slice(0, 3)).map((file) => (
          <a
            key={file}
            className="button"
            download
            href={address("/api/statistics/file", { ...asked, kind: file })}
          >
            {file.toUpperCase()}
          </a>
        ))}
        <span className="small muted">
          {seen ? t("stats.basis", { length: length(language, seen) }) : null}
        </span>
      </div>
    </>
  );
}

const FILES = ["csv", "json", "svg", "png"] as const;

interface HeadlineProps {
  kind: Kind;
  rows: readonly Row[];
  seen: number;
  least: number;
  untimed: number;
}

function Headline({ kind, rows, seen, least, untimed }: HeadlineProps) {
  const { t, language } = useTexts();
  const sum = rows.reduce((all, row) => all + total(valuesOf(kind, row)), 0);
  const counts = kind !== "occupancy" && kind !== "path" && kind !== "heat";
  return (
    <div className="stack tight">
      {counts && (sum || seen) ? (
        <p className="sum">
          <strong>{short(language, sum)}</strong>{" "}
          {t(kind === "line" ? "stats.crossings" : "stats.tracks", { n: sum })}
          {seen >= 3600 ? (
            <span className="muted">
              {" · "}
              {t("stats.rate", { n: number(language, Math.round((sum / seen) * 3600)) })}
            </span>
          ) : null}
        </p>
      ) : null}
      {least ? <p className="notice">{t("stats.groups", { n: least })}</p> : null}
      {untimed ? <p className="muted small">{t("stats.untimed", { n: untimed })}</p> : null}
    </div>
  );
}

interface OverTimeProps {
  kind: Kind;
  zone: string;
  cameras: number;
  size: number;
  rows: readonly Row[];
  coverage: readonly Row[];
}

const VIEWS: readonly View[] = ["time", "hour", "weekday"];

/** Columns over time, or added up by hour of the day or day of the week; of one zone or line, or of all. */
function OverTime({ kind, zone, cameras, size, rows, coverage }: OverTimeProps) {
  const { t, language } = useTexts();
  const [view, setView] = useState<View>("time");
  const [area, setArea] = useState("");
  const of = kind === "line" ? "line" : "zone";
  const areas = useMemo(
    () => [...new Set(rows.flatMap((row) => (row[of] ? [String(row[of])] : [])))],
    [rows, of],
  );
  const found = useMemo(() => {
    const mine = area ? rows.filter((row) => row[of] === area) : rows;
    const whole = binned(mine, coverage, size, cameras, (row) => valuesOf(kind, row));
    return folded(whole, size >= 86400 && view === "hour" ? "time" : view, partOf(zone, size));
  }, [rows, coverage, size, cameras, kind, area, of, view, zone]);
  const labelOf = useLabels(view, size, zone, found.bins);
  const nameOf = (name: string) => named(t, name);
  const hourly = view !== "time" || kind === "occupancy";
  return (
    <>
      <div className="row apart">
        <fieldset className="tabs plain" aria-label={t("stats.view")}>
          {VIEWS.filter((one) => size < 86400 || one !== "hour").map((one) => (
            <button key={one} type="button" aria-pressed={one === view} onClick={() => setView(one)}>
              {t(`stats-view.${one}`)}
            </button>
          ))}
        </fieldset>
        {areas.length > 1 ? (
          <select
            aria-label={t(`stats-which.${of}`)}
            value={area}
            onChange={(event) => setArea(event.target.value)}
          >
            <option value="">{t(`stats-all.${of}`)}</option>
            {areas.map((name) => (
              <option key={name}>{name}</option>
            ))}
          </select>
        ) : null}
        <Legend series={found.series} nameOf={nameOf} />
      </div>
      <Columns
        of={kind === "occupancy" ? meanOf(found, size) : found}
        hourly={hourly}
        labelOf={labelOf}
        nameOf={nameOf}
        label={t("stats.chart", { kind: t(`stats-kind.${kind}`), n: found.bins.length })}
      />
      <p className="small muted">{t(hourly && kind !== "occupancy" ? "stats.hourly" : "stats.strip")}</p>
      <details>
        <summary>{t("stats.numbers")}</summary>
        <NumberTable
          head={[t("log.time"), ...found.series.map(nameOf), t("stats.looked")]}
          rows={found.bins.map((bin) => [
            labelOf(bin),
            ...found.series.map((name) =>
              bin.seen > 0 || bin.values[name] ? short(language, bin.values[name] ?? 0) : t("stats.not-seen"),
            ),
            share(language, Math.min(bin.seen / bin.hours || 0, 1)),
          ])}
        />
      </details>
    </>
  );
}

/** How many at once is a mean already: times the seen hours, so that columns of it a seen hour are that mean. */
function meanOf(found: ReturnType<typeof binned>, size: number): ReturnType<typeof binned> {
  const bins = found.bins.map((bin) => ({
    ...bin,
    values: Object.fromEntries(
      Object.entries(bin.values).map(([name, value]) => [name, (value * size) / 3600]),
    ),
  }));
  return { ...found, bins };
}

function useLabels(view: View, size: number, zone: string, bins: readonly Bin[]): (bin: Bin) => string {
  const { language } = useTexts();
  return useMemo(() => {
    if (view === "hour") return (bin: Bin) => `${bin.at} h`;
    const long = (bins.at(-1)?.at ?? 0) - (bins[0]?.at ?? 0) > 86_400_000;
    const day = { day: "numeric", month: "short" } as const;
    const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23" } as const;
    const style =
      view === "weekday"
        ? ({ weekday: "short" } as const)
        : size >= 86400
          ? day
          : long
            ? { ...day, ...clock }
            : clock;
    const form = clockOf(language, style, view === "weekday" || size >= 86400 ? "UTC" : zone);
    // 5 January 1970 was a Monday
    return (bin: Bin) => form.format(view === "weekday" ? (bin.at + 4) * 86_400_000 : bin.at);
  }, [view, size, zone, bins, language]);
}

/** Bars by name: classes, lengths, speeds, ways from zone to zone. */
function ByName({ kind, rows }: { kind: Kind; rows: readonly Row[] }) {
  const speaker = useTexts();
  const { t, language } = speaker;
  const bars = useMemo(() => {
    const made = new Map<string, Record<string, number>>();
    for (const row of rows.toSorted((a, b) => Number(a.from ?? 0) - Number(b.from ?? 0))) {
      const name = barOf(speaker, kind, row);
      const values = made.get(name) ?? {};
      for (const [key, value] of Object.entries(valuesOf(kind, row)))
        values[key] = (values[key] ?? 0) + value;
      made.set(name, values);
    }
    const bars = [...made].map(([name, values]): Bar => ({ name, values }));
    const ordered = kind === "dwell" || kind === "speed"; // by their limits; others by how many
    return ordered ? bars : bars.toSorted((a, b) => total(b.values) - total(a.values));
  }, [rows, kind, speaker]);
  const series = seriesOf(bars);
  const nameOf = (name: string) => named(t, name);
  if (!bars.length) return <p className="muted">{t("stats.nobody")}</p>;
  return (
    <>
      {kind === "class" ? null : <Legend series={series} nameOf={nameOf} />}
      <Bars
        bars={bars}
        series={series}
        nameOf={nameOf}
        label={t("stats.chart", { kind: t(`stats-kind.${kind}`), n: bars.length })}
      />
      <details>
        <summary>{t("stats.numbers")}</summary>
        <NumberTable
          head={[t(`stats-kind.${kind}`), ...series.map(nameOf)]}
          rows={bars.map((bar) => [
            bar.name,
            ...series.map((name) => short(language, bar.values[name] ?? 0)),
          ])}
        />
      </details>
    </>
  );
}

function OverPicture({ kind, rows, scene }: { kind: Kind; rows: readonly Row[]; scene: SceneOut | null }) {
  const { t } = useTexts();
  if (!rows.length) return <p className="muted">{t("stats.nobody")}</p>;
  const label = t("stats.chart", { kind: t(`stats-kind.${kind}`), n: rows.length });
  const columns = kind === "heat" ? ["x", "y", "tracks"] : ["from_x", "from_y", "to_x", "to_y", "tracks"];
  return (
    <>
      {kind === "heat" ? (
        <HeatMap rows={rows} scene={scene} label={label} />
      ) : (
        <WayMap rows={rows} scene={scene} label={label} />
      )}
      <details>
        <summary>{t("stats.numbers")}</summary>
        <NumberTable
          head={columns.map((name) => t(`stats-column.${name.replace("_", "-")}` as "stats-column.x"))}
          rows={rows.map((row) => columns.map((name) => row[name]))}
        />
      </details>
    </>
  );
}

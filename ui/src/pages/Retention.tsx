import { useCallback } from "react";
import { get } from "../api/client";
import type { RetentionOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { Link } from "../app/router";
import { mayEver, useSession } from "../app/session";
import { useTexts } from "../i18n";
import { Empty, Loaded } from "../parts/Loaded";
import { Time } from "../parts/Time";
import "../style/oversight.css";

const TONE = { kept: "good", due: "warn", overdue: "bad", held: "" } as const;

/** What is kept and until when, what stays erasure, what was erased, when the next is due; to be read only. */
export default function Retention() {
  const { t } = useTexts();
  const load = useCallback((signal: AbortSignal) => get("/api/retention", {}, signal), []);
  const [found, again] = useLoad(load);
  return (
    <div className="page">
      <div className="stack tight">
        <h1>{t("page.retention")}</h1>
        <p className="muted">{t("retention.text")}</p>
      </div>
      <Loaded of={found} again={again}>
        {(all) => (
          <>
            <Rule all={all} />
            <Kept all={all} />
            <Erased all={all} />
          </>
        )}
      </Loaded>
    </div>
  );
}

function Rule({ all }: { all: RetentionOut }) {
  const { t } = useTexts();
  const session = useSession();
  return (
    <section className="card">
      <dl className="facts">
        <dt>{t("retention.rule")}</dt>
        <dd>
          {all.days === null ? t("retention.no-end") : t("retention.days", { n: all.days })}{" "}
          {all.at_closure ? t("retention.at-closure") : null} <code>{session.workspace.profile_label}</code>
        </dd>
        <dt>{t("retention.next")}</dt>
        <dd>{all.next_due ? <Time at={all.next_due} /> : t("retention.none-due")}</dd>
        {all.holds.length ? (
          <>
            <dt>{t("retention.holds")}</dt>
            <dd>
              <ul>
                {all.holds.map((one) => (
                  <li key={one.id}>
                    {t(one.kind === "request" ? "retention.request" : "retention.inquiry")} {one.reference}
                    {one.camera ? `, ${all.cameras[one.camera] ?? one.camera}` : ""}{" "}
                    <span className="muted small">
                      <Time at={one.placed} />
                    </span>
                  </li>
                ))}
              </ul>
            </dd>
          </>
        ) : null}
      </dl>
    </section>
  );
}

function Kept({ all }: { all: RetentionOut }) {
  const { t } = useTexts();
  const kept = all.kept.toSorted((a, b) => (a.due ?? "9").localeCompare(b.due ?? "9"));
  if (!kept.length)
    return (
      <Empty title={t("retention.none.title")}>
        <p>{t("retention.none.text")}</p>
      </Empty>
    );
  return (
    <section className="stack tight">
      <h2>{t("retention.kept")}</h2>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th>{t("export.camera")}</th>
              <th>{t("retention.day")}</th>
              <th>{t("retention.recordings")}</th>
              <th>{t("retention.until")}</th>
              <th>{t("retention.state")}</th>
            </tr>
          </thead>
          <tbody>
            {kept.map((one) => (
              <tr key={`${one.camera}${one.part}`}>
                <td>{all.cameras[one.camera] ?? one.camera}</td>
                <td>{one.part}</td>
                <td>{one.recordings}</td>
                <td>
                  {one.due ? <Time at={one.due} /> : t("retention.no-end")}
                  {one.days === null ? null : (
                    <span className="muted small"> ({t("retention.days", { n: one.days })})</span>
                  )}
                </td>
                <td>
                  <span className={`badge ${TONE[one.state]}`}>{t(`retention-state.${one.state}`)}</span>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function Erased({ all }: { all: RetentionOut }) {
  const { t } = useTexts();
  const session = useSession();
  const readsLog = mayEver(session, "audit.read");
  return (
    <section className="stack tight">
      <h2>{t("retention.erased")}</h2>
      {all.erased.length ? (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th>{t("export.camera")}</th>
                <th>{t("retention.day")}</th>
                <th>{t("retention.recordings")}</th>
                <th>{t("retention.when")}</th>
                <th>{t("export.entry")}</th>
              </tr>
            </thead>
            <tbody>
              {all.erased.map((one) => (
                <tr key={`${one.entry}${one.camera}${one.part}`}>
                  <td>{all.cameras[one.camera] ?? one.camera}</td>
                  <td>{one.part}</td>
                  <td>{one.files}</td>
                  <td>
                    <Time at={one.at} />
                  </td>
                  <td>
                    {readsLog ? (
                      <Link to={`/log?entry=${one.entry}`}>{t("log.entry", { n: one.entry })}</Link>
                    ) : (
                      one.entry
                    )}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : (
        <p className="muted">{t("retention.erased.none")}</p>
      )}
    </section>
  );
}

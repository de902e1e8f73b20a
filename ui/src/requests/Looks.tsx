import { useState } from "react";
import { type AnswerOf, get } from "../api/client";
import { useTexts } from "../i18n";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";

type Found = AnswerOf<"get", "/api/requests/{request}/looks">;

/** Who looked at their tracks, as the letter will say it: to be read before it goes. */
export function Looks({ id }: { id: string }) {
  const { t } = useTexts();
  const [found, setFound] = useState<Found | null>(null);
  const { run, busy, error } = useAction(async () =>
    setFound(await get("/api/requests/{request}/looks", { request: id })),
  );
  return (
    <section className="card stack tight">
      <h2>{t("request.looks")}</h2>
      <p className="muted small">{t("request.looks.text")}</p>
      {found ? (
        <Table found={found} />
      ) : (
        <div>
          <button type="button" disabled={busy} onClick={() => run()}>
            {t("request.looks.go")}
          </button>
        </div>
      )}
      {error ? <Trouble error={error} /> : null}
    </section>
  );
}

function Table({ found }: { found: Found }) {
  const { t } = useTexts();
  return (
    <>
      <p role="status">{t("request.looks.sum", { n: found.looks.length, erased: found.erased })}</p>
      {found.looks.length ? (
        <div className="table-wrap">
          <table>
            <thead>
              <tr>
                <th>{t("log.number")}</th>
                <th>{t("log.time")}</th>
                <th>{t("log.act")}</th>
                <th>{t("request.how")}</th>
                <th>{t("reason.label")}</th>
                <th>{t("export.recipient")}</th>
              </tr>
            </thead>
            <tbody>
              {found.looks.map((one) => (
                <tr key={one.entry}>
                  <td>{one.entry}</td>
                  <td>
                    <Time at={one.at} />
                  </td>
                  <td>
                    <code>{one.capability}</code>
                  </td>
                  <td>{t(`request-how.${one.how}`)}</td>
                  <td>{one.why}</td>
                  <td>{one.recipient}</td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </>
  );
}

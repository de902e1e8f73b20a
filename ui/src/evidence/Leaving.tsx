import { useCameras } from "../api/cameras";
import { download } from "../api/client";
import type { ChoiceIn, PreviewOut } from "../api/types";
import { isKey, useTexts } from "../i18n";
import { length } from "../i18n/times";
import { useAction } from "../parts/Form";
import { Trouble } from "../parts/Loaded";
import { Time } from "../parts/Time";
import { bytes, type Wish } from "./wish";

interface LeavingProps {
  seen: PreviewOut;
  /** The capabilities that it takes. */
  needs: readonly string[];
  wish: Wish;
  asked: { choice: ChoiceIn; case: string | null; reason: string };
  busy: boolean;
  make: () => void;
}

/** What would leave, what of it was not seen, and which rules stand in the way. */
export function Leaving({ seen, needs, wish, asked, busy, make }: LeavingProps) {
  const { t, language } = useTexts();
  const refused = needs.map((name) => seen.refused[name]).filter((one) => one !== undefined && one !== null);
  const draft = useAction(() => {
    const body = { ...asked, recipient: wish.recipient, language: wish.languages === "fr" ? "fr" : "en" };
    return download("/api/exports/report", body, "report-draft.pdf");
  });
  const facts = { tracks: seen.tracks.length, stretches: seen.stretches.length };
  return (
    <div className="stack tight leaving" role="status">
      <p>
        <strong>{t("export.facts", { ...facts, length: length(language, seen.seconds) })}</strong>{" "}
        {seen.gaps ? <span className="badge warn">{t("export.gaps", { n: seen.gaps })}</span> : null}
      </p>
      {wish.originals ? (
        <p className="notice">{t("export.originals", { size: bytes(language, seen.original_bytes) })}</p>
      ) : null}
      {seen.undated.length ? (
        <p className="notice">{t("export.undated", { names: seen.undated.join(", ") })}</p>
      ) : null}
      <Stretches of={seen.stretches} />
      {refused.map((one) => {
        const key = `rule.${one.rule}`;
        return (
          <p key={one.rule} className="notice" role="alert">
            {isKey(key) ? t(key) : one.says} {t("trouble.rule")} <code>{one.rule}</code>
          </p>
        );
      })}
      <div className="row">
        <button type="button" className="primary" disabled={busy || refused.length > 0} onClick={make}>
          {t("export.make", { name: wish.recipient })}
        </button>
        <button type="button" disabled={draft.busy} onClick={() => draft.run()}>
          {t("export.draft")}
        </button>
      </div>
      {draft.error ? <Trouble error={draft.error} /> : null}
    </div>
  );
}

function Stretches({ of }: { of: PreviewOut["stretches"] }) {
  const { t, language } = useTexts();
  const zones = new Map([...useCameras().values()].map((one) => [one.name, one.zone]));
  return (
    <details>
      <summary>{t("export.stretches", { n: of.length })}</summary>
      <div className="table-wrap">
        <table>
          <thead>
            <tr>
              <th>{t("export.camera")}</th>
              <th>{t("footage.name")}</th>
              <th>{t("footage.start")}</th>
              <th>{t("footage.length")}</th>
            </tr>
          </thead>
          <tbody>
            {of.map((one) => (
              <tr key={`${one.recording}${one.camera}${one.begin}`}>
                <td>{one.camera}</td>
                <td>{one.recording}</td>
                <td>
                  <Time at={one.start} zone={zones.get(one.camera) ?? "UTC"} />
                </td>
                <td>{length(language, one.end - one.begin)}</td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </details>
  );
}

import { useCallback, useState } from "react";
import { get, send } from "../api/client";
import type { FindingOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { Link } from "../app/router";
import { textOf } from "../cases/form";
import { isKey, useTexts } from "../i18n";
import { Field } from "../parts/Form";
import { Empty, Loaded } from "../parts/Loaded";
import { StepForm } from "../parts/StepForm";
import { Time } from "../parts/Time";
import "../style/oversight.css";

/** What a data protection officer should ask about: patterns of who looked at what, each with its entries. */
export default function Review() {
  const { t } = useTexts();
  const [span, setSpan] = useState({ since: "", until: "" });
  const load = useCallback(
    (signal: AbortSignal) => {
      const utc = (day: string) => (day ? `${day}T00:00:00Z` : null);
      return get("/api/review", { since: utc(span.since), until: utc(span.until) }, signal);
    },
    [span],
  );
  const [found, again] = useLoad(load);
  return (
    <div className="page">
      <div className="stack tight">
        <h1>{t("page.review")}</h1>
        <p className="muted">{t("review.text")}</p>
      </div>
      <search className="row">
        {(["since", "until"] as const).map((name) => (
          <Field key={name} label={t(`review.${name}`)}>
            <input
              type="date"
              value={span[name]}
              onChange={(event) => setSpan({ ...span, [name]: event.target.value })}
            />
          </Field>
        ))}
      </search>
      <Loaded of={found} again={again}>
        {(review) => (
          <>
            <p className="muted small">
              {t("review.counts", { looks: review.looks, entries: review.entries, zone: review.zone })}{" "}
              {review.erased ? t("review.erased", { n: review.erased }) : ""}
            </p>
            {review.findings.length ? null : (
              <Empty title={t("review.none.title")}>
                <p>{t("review.none.text")}</p>
              </Empty>
            )}
            <ul className="findings">
              {review.findings
                .toSorted((a, b) => Number(!!a.seen) - Number(!!b.seen))
                .map((one) => (
                  <Finding key={one.id} one={one} again={again} />
                ))}
            </ul>
          </>
        )}
      </Loaded>
    </div>
  );
}

const SHOWN = 12; // entries that are named at once

function Finding({ one, again }: { one: FindingOut; again: () => void }) {
  const { t } = useTexts();
  const pattern = `pattern.${one.pattern}`;
  return (
    <li className="card stack tight">
      <div className="row">
        <strong>{isKey(pattern) ? t(pattern) : one.pattern}</strong>
        <span>{one.name || one.actor || t("review.several")}</span>
        {one.seen ? <span className="badge good">{t("review.seen")}</span> : null}
      </div>
      <p lang="en">{one.what}</p>
      <p className="row small">
        <span className="muted">{t("review.entries")}</span>
        {one.entries.slice(0, SHOWN).map((entry) => (
          <Link key={entry} to={`/log?entry=${entry}`}>
            {entry}
          </Link>
        ))}
        {one.entries.length > SHOWN ? t("review.more", { n: one.entries.length - SHOWN }) : null}
      </p>
      {one.seen ? (
        <p className="small">
          {one.seen.by}, <Time at={one.seen.at} />: {one.seen.note}{" "}
          <Link to={`/log?entry=${one.seen.entry}`}>{t("log.entry", { n: one.seen.entry })}</Link>
        </p>
      ) : (
        <Confirm one={one} again={again} />
      )}
    </li>
  );
}

function Confirm({ one, again }: { one: FindingOut; again: () => void }) {
  const { t } = useTexts();
  const act = (form: FormData) =>
    send("post", "/api/review/{finding}/seen", { finding: one.id }, { note: textOf(form, "note") });
  return (
    <details>
      <summary>{t("review.confirm")}</summary>
      <StepForm title={t("review.confirm.go")} text={t("review.confirm.text")} act={act} done={again}>
        <div className="wide">
          <Field label={t("review.note")}>
            <textarea name="note" rows={2} required maxLength={4000} />
          </Field>
        </div>
      </StepForm>
    </details>
  );
}

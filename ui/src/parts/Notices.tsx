import { useCallback } from "react";
import { get, send } from "../api/client";
import type { NoticeOut } from "../api/types";
import { useLoad } from "../api/useLoad";
import { inside, Link } from "../app/router";
import { mayEver, type Session } from "../app/session";
import { useTexts } from "../i18n";
import { readable } from "../i18n/times";
import { useAction } from "./Form";

/** What whoever is signed in must be told until they confirm it; asked for anew with each page. */
export function Notices({ path, session }: { path: string; session: Session }) {
  const { t } = useTexts();
  // biome-ignore lint/correctness/useExhaustiveDependencies: each page asks again
  const load = useCallback((signal: AbortSignal) => get("/api/notices", {}, signal), [path]);
  const [found, again] = useLoad(load);
  if (found.state !== "ready" || !found.value.length) return null;
  return (
    <ul className="notices" aria-label={t("notices.title")}>
      {found.value.map((one) => (
        <Notice key={one.id} one={one} session={session} done={again} />
      ))}
    </ul>
  );
}

function Notice({ one, session, done }: { one: NoticeOut; session: Session; done: () => void }) {
  const { t, language } = useTexts();
  const { run, busy, error } = useAction(async () => {
    await send("post", "/api/notices/{notice}/confirm", { notice: one.id }, undefined);
    done();
  });
  return (
    <li>
      <p>
        {readable(language, one.text)} {error ? <strong>{error.message}</strong> : null}
      </p>
      <div className="row">
        {one.case && mayEver(session, "case.read") ? (
          <Link to={inside(one.case, "/case")} className="button">
            {t("notices.case")}
          </Link>
        ) : null}
        <button type="button" onClick={() => run()} disabled={busy}>
          {t("notices.read")}
        </button>
      </div>
    </li>
  );
}

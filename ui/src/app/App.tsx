import { Suspense, useCallback, useEffect, useMemo, useState } from "react";
import { ApiError, whenSignedOut } from "../api/client";
import { endSession, readSession } from "../api/session";
import { firstLanguage, keepLanguage, type Language, SpeakerContext, speaker } from "../i18n";
import { Loading, Trouble } from "../parts/Loaded";
import { landing, PAGES, SignIn } from "./pages";
import { CaseProvider, go, split, usePlace } from "./router";
import { Shell } from "./Shell";
import { type Session, SessionContext, seesOnlyTheLog } from "./session";

type Standing =
  | { state: "asking" }
  | { state: "out" }
  | { state: "in"; session: Session }
  | { state: "failed"; error: ApiError };

/** The whole app: language, session, and the page that the address names. */
export function App() {
  const [language, setLanguage] = useState<Language>(firstLanguage);
  const texts = useMemo(() => speaker(language), [language]);
  useEffect(() => keepLanguage(language), [language]);
  return (
    <SpeakerContext.Provider value={texts}>
      <WithSession choose={setLanguage} />
    </SpeakerContext.Provider>
  );
}

function WithSession({ choose }: { choose: (language: Language) => void }) {
  const [standing, setStanding] = useState<Standing>({ state: "asking" });
  const begin = useCallback(() => {
    readSession().then(
      (who) =>
        setStanding(
          who === null
            ? { state: "out" }
            : { state: "in", session: { ...who, signOut: () => leave(setStanding) } },
        ),
      (error: unknown) =>
        setStanding({
          state: "failed",
          error: error instanceof ApiError ? error : new ApiError("failed", String(error)),
        }),
    );
  }, []);
  useEffect(() => {
    whenSignedOut(() => setStanding({ state: "out" }));
    begin();
  }, [begin]);
  const session = standing.state === "in" ? standing.session : null;
  return (
    <SessionContext.Provider value={session}>
      <Shell session={session} choose={choose}>
        <Suspense fallback={<Loading />}>
          {standing.state === "asking" ? <Loading /> : null}
          {standing.state === "failed" ? <Trouble error={standing.error} again={begin} /> : null}
          {standing.state === "in" || standing.state === "out" ? (
            <Current session={session} signedIn={begin} />
          ) : null}
        </Suspense>
      </Shell>
    </SessionContext.Provider>
  );
}

function leave(set: (standing: Standing) => void): void {
  endSession().finally(() => {
    set({ state: "out" });
    go("/");
  });
}

/** The page that the address names; the sign-in before it where it is not public. */
function Current({ session, signedIn }: { session: Session | null; signedIn: () => void }) {
  const { path } = usePlace();
  const { caseId, page } = split(path);
  const auditor = session !== null && seesOnlyTheLog(session.user.roles);
  const found = PAGES.find((one) => one.path === page);
  const may =
    found?.open === "public" || (session !== null && found && (found.open === "everyone" || !auditor));
  const lost = session !== null && !may;
  useEffect(() => {
    if (lost) go(landing(auditor, session.workspace.needsCase), true);
  }, [lost, auditor, session]);
  if (found && may)
    return (
      <CaseProvider value={caseId}>
        <found.Component key={`${caseId}${page}`} />
      </CaseProvider>
    );
  return session === null ? <SignIn signedIn={signedIn} /> : null;
}

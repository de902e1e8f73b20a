import { useCallback, useEffect, useMemo, useState } from "react";
import { type ApiError, whenSignedOut } from "../api/client";
import { asApiError } from "../api/useLoad";
import { firstLanguage, keepLanguage, type Language, SpeakerContext, speaker } from "../i18n";
import { JobsProvider } from "../jobs/useJobs";
import { Loading, Trouble } from "../parts/Loaded";
import { isOpen, landing, PAGES, SignIn } from "./pages";
import { ReasonProvider } from "./reason";
import { CaseProvider, go, split, usePlace } from "./router";
import { Shell } from "./Shell";
import { askStanding, mayEver, type Session, SessionContext, type Standing, signOut } from "./session";

/** Capabilities under which long work is asked for; whoever has none of them has no jobs. */
const WORKS = ["ingest", "synopsis", "export.masked", "request.read"];

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
  const [error, setError] = useState<ApiError | null>(null);
  const begin = useCallback(() => {
    setError(null);
    askStanding().then(setStanding, (why: unknown) => setError(asApiError(why)));
  }, []);
  useEffect(() => {
    whenSignedOut(begin);
    begin();
  }, [begin]);
  const leave = () => signOut().finally(begin);
  const session = standing.state === "in" ? standing.session : null;
  const { caseId } = split(usePlace().path);
  return (
    <SessionContext.Provider value={session}>
      <ReasonProvider caseId={caseId}>
        <JobsProvider on={session !== null && WORKS.some((one) => mayEver(session, one))}>
          <Shell session={session} choose={choose} leave={leave}>
            {error ? (
              <Trouble error={error} again={begin} />
            ) : (
              <Current standing={standing} session={session} begin={begin} />
            )}
          </Shell>
        </JobsProvider>
      </ReasonProvider>
    </SessionContext.Provider>
  );
}

interface CurrentProps {
  standing: Standing;
  session: Session | null;
  begin: () => void;
}

/** The page that the address names; the sign-in before it where it is not public. */
function Current({ standing, session, begin }: CurrentProps) {
  const { path } = usePlace();
  const { caseId, page } = split(path);
  const found = PAGES.find((one) => one.path === page);
  const may = found && isOpen(found, session);
  const lost = session !== null && !may;
  useEffect(() => {
    if (lost) go(landing(session), true);
  }, [lost, session]);
  if (found && may)
    return (
      <CaseProvider value={caseId}>
        <found.Component key={`${caseId}${page}`} />
      </CaseProvider>
    );
  if (standing.state === "out") return <SignIn door={standing.door} signedIn={begin} />;
  return <Loading />;
}

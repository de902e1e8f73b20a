import { type ReactNode, type RefObject, useEffect, useRef, useState } from "react";
import { type Language, useTexts } from "../i18n";
import { Tray } from "../jobs/Tray";
import { CaseBar } from "../parts/CaseBar";
import { KeyHelp } from "../parts/KeyHelp";
import { Notices } from "../parts/Notices";
import { FirstSteps } from "./FirstSteps";
import { useKeys } from "./keys";
import { PAGES, pagesFor } from "./pages";
import { go, inside, Link, split, usePlace } from "./router";
import type { Session } from "./session";
import { applyTheme, keptTheme, THEMES, type Theme } from "./theme";

interface ShellProps {
  session: Session | null;
  choose: (language: Language) => void;
  leave: () => void;
  children: ReactNode;
}

/** What stands around every page: the name, the way to the others, the case in force, and who is signed in. */
export function Shell({ session, choose, leave, children }: ShellProps) {
  const { t } = useTexts();
  const { path } = usePlace();
  const { caseId, page } = split(path);
  const [help, setHelp] = useState(false);
  const main = useFocusOn(path);
  useTitle(page);
  usePageKeys(session, caseId, () => setHelp(true));
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {t("shell.skip")}
      </a>
      <header className="top">
        <Link to="/" className="brand">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <span translate="no">Synopticon</span>
        </Link>
        <Navigation session={session} caseId={caseId} page={page} />
        <Choices session={session} choose={choose} leave={leave} help={() => setHelp(true)} />
      </header>
      {session ? <CaseBar caseId={caseId} session={session} /> : null}
      {session?.workspace.users ? <Notices path={path} session={session} /> : null}
      {session && !session.workspace.users ? <FirstSteps session={session} /> : null}
      <main id="main" ref={main} tabIndex={-1}>
        {children}
      </main>
      {help ? <KeyHelp close={() => setHelp(false)} /> : null}
    </div>
  );
}

/** What takes the focus when another page is opened, so that the next key and the next word are that page's. */
function useFocusOn(path: string): RefObject<HTMLElement | null> {
  const place = useRef<HTMLElement>(null);
  const shown = useRef(path);
  useEffect(() => {
    if (shown.current === path) return;
    shown.current = path;
    window.scrollTo(0, 0);
    place.current?.focus({ preventScroll: true });
  }, [path]);
  return place;
}

function useTitle(page: string): void {
  const { t } = useTexts();
  useEffect(() => {
    const found = PAGES.find((one) => one.path === page);
    document.title = found ? `${t(found.title)} · Synopticon` : "Synopticon";
  }, [page, t]);
}

function addressOf(page: { path: string; scoped: boolean }, caseId: string | null): string {
  return page.scoped ? inside(caseId, page.path) : page.path;
}

function Navigation({
  session,
  caseId,
  page,
}: {
  session: Session | null;
  caseId: string | null;
  page: string;
}) {
  const { t } = useTexts();
  return (
    <nav aria-label={t("shell.navigation")}>
      <ul>
        {pagesFor(session, caseId).map((one) => (
          <li key={one.path}>
            <Link
              to={addressOf(one, caseId)}
              {...(one.path === page ? { "aria-current": "page" as const } : {})}
            >
              {t(one.title)}
            </Link>
          </li>
        ))}
      </ul>
    </nav>
  );
}

/** `g` and then a page's letter opens it; `?` shows all keys. */
function usePageKeys(session: Session | null, caseId: string | null, help: () => void): void {
  const waiting = useRef(false);
  const keys: Record<string, () => void> = {
    "?": help,
    g: () => {
      waiting.current = true;
      window.setTimeout(() => {
        waiting.current = false;
      }, 1200);
    },
  };
  useKeys(keys);
  useEffect(() => {
    const follow = (event: KeyboardEvent) => {
      if (!waiting.current || event.key === "g") return;
      waiting.current = false;
      const found = pagesFor(session, caseId).find((one) => one.key === event.key);
      if (!found) return;
      event.preventDefault();
      event.stopPropagation();
      go(addressOf(found, caseId));
    };
    window.addEventListener("keydown", follow, true);
    return () => window.removeEventListener("keydown", follow, true);
  }, [session, caseId]);
}

interface ChoicesProps {
  session: Session | null;
  choose: (language: Language) => void;
  leave: () => void;
  help: () => void;
}

function Choices({ session, choose, leave, help }: ChoicesProps) {
  const { t, language } = useTexts();
  const [theme, setTheme] = useState<Theme>(keptTheme);
  const other = language === "en" ? "fr" : "en";
  const next = THEMES[(THEMES.indexOf(theme) + 1) % THEMES.length] ?? "system";
  return (
    <div className="choices">
      {session ? <Tray /> : null}
      <button type="button" className="quiet" lang={other} onClick={() => choose(other)}>
        {t("shell.other-language")}
      </button>
      <button
        type="button"
        className="quiet"
        onClick={() => {
          applyTheme(next);
          setTheme(next);
        }}
      >
        <span aria-hidden="true">◐</span>
        <span className="hidden-text">{t("shell.theme")} </span>
        <span className="theme-name">{t(`theme.${theme}`)}</span>
      </button>
      <button
        type="button"
        className="quiet"
        onClick={help}
        aria-label={t("shell.keys")}
        title={t("shell.keys")}
      >
        ?
      </button>
      {session ? (
        <>
          <Link
            to="/account"
            className="who"
            title={session.user.roles.map((role) => t(`role.${role}` as "role.auditor")).join(", ")}
          >
            {session.user.name}
          </Link>
          <button type="button" className="quiet" onClick={leave}>
            {t("action.sign-out")}
          </button>
        </>
      ) : null}
    </div>
  );
}

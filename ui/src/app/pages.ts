import type { ComponentType } from "react";
import type { Key } from "../i18n";
import { fetched } from "./fetched";
import { mayEver, type Session } from "./session";

/**
 * A page of the app. `needs`: the capability that it uses, none = it is public; `scoped`: it looks at footage,
 * so inside a case where one is needed.
 */
export interface Page {
  path: string;
  title: Key;
  needs: string;
  scoped: boolean;
  /** The key that opens it after `g`; without one it does not stand in the navigation. */
  key?: string;
  /** Whoever may do this finds it on another page. */
  unless?: string;
  /** Only where the profile knows users. */
  users?: true;
  Component: ComponentType;
}

/** All pages, each in a file of its own that is fetched when it is opened. To add one, see docs/ui.md. */
export const PAGES: readonly Page[] = [
  {
    path: "/cases",
    title: "page.cases",
    needs: "case.read",
    scoped: false,
    key: "c",
    Component: fetched(() => import("../pages/Cases")),
  },
  {
    path: "/case",
    title: "page.case",
    needs: "case.read",
    scoped: true,
    Component: fetched(() => import("../pages/Case")),
  },
  {
    path: "/footage",
    title: "page.footage",
    needs: "view.masked",
    scoped: true,
    key: "f",
    Component: fetched(() => import("../pages/Footage")),
  },
  {
    path: "/zones",
    title: "page.zones",
    needs: "view.masked",
    scoped: true,
    key: "z",
    Component: fetched(() => import("../pages/Zones")),
  },
  {
    path: "/events",
    title: "page.events",
    needs: "view.masked",
    scoped: true,
    key: "a",
    Component: fetched(() => import("../pages/Events")),
  },
  {
    path: "/search",
    title: "page.search",
    needs: "search.attributes",
    scoped: true,
    key: "s",
    Component: fetched(() => import("../pages/Search")),
  },
  {
    path: "/journey",
    title: "page.journey",
    needs: "view.masked",
    scoped: true,
    Component: fetched(() => import("../pages/Journey")),
  },
  {
    path: "/plates",
    title: "page.plates",
    needs: "search.plate",
    scoped: true,
    key: "p",
    Component: fetched(() => import("../pages/Plates")),
  },
  {
    path: "/plan",
    title: "page.plan",
    needs: "camera.set",
    scoped: false,
    key: "m",
    unless: "view.masked",
    Component: fetched(() => import("../pages/Plan")),
  },
  {
    path: "/statistics",
    title: "page.statistics",
    needs: "statistics",
    scoped: true,
    key: "t",
    Component: fetched(() => import("../pages/Statistics")),
  },
  {
    path: "/synopsis",
    title: "page.synopsis",
    needs: "synopsis",
    scoped: true,
    key: "y",
    Component: fetched(() => import("../pages/Synopsis")),
  },
  {
    path: "/evidence",
    title: "page.evidence",
    needs: "case.mark",
    scoped: true,
    key: "e",
    Component: fetched(() => import("../pages/Evidence")),
  },
  {
    path: "/requests",
    title: "page.requests",
    needs: "request.read",
    scoped: false,
    key: "r",
    Component: fetched(() => import("../pages/Requests")),
  },
  {
    path: "/log",
    title: "page.log",
    needs: "audit.read",
    scoped: false,
    key: "l",
    Component: fetched(() => import("../pages/Log")),
  },
  {
    path: "/review",
    title: "page.review",
    needs: "audit.review",
    scoped: false,
    key: "m",
    Component: fetched(() => import("../pages/Review")),
  },
  {
    path: "/documents",
    title: "page.documents",
    needs: "documents",
    scoped: false,
    key: "o",
    Component: fetched(() => import("../pages/Documents")),
  },
  {
    path: "/retention",
    title: "page.retention",
    needs: "retention.report",
    scoped: false,
    key: "k",
    Component: fetched(() => import("../pages/Retention")),
  },
  {
    path: "/capabilities",
    title: "page.capabilities",
    needs: "",
    scoped: true,
    Component: fetched(() => import("../pages/Capabilities")),
  },
  {
    path: "/users",
    title: "page.users",
    needs: "user.read",
    scoped: false,
    key: "u",
    users: true,
    Component: fetched(() => import("../pages/Users")),
  },
  {
    path: "/account",
    title: "page.account",
    needs: "user.password",
    scoped: false,
    Component: fetched(() => import("../pages/Account")),
  },
  {
    path: "/declaration",
    title: "page.declaration",
    needs: "",
    scoped: false,
    key: "d",
    Component: fetched(() => import("../pages/Declaration")),
  },
];

export const SignIn = fetched(() => import("../pages/SignIn"));

/** Whether somebody (nobody: not signed in) may open a page at all. */
export function isOpen(page: Page, session: Session | null): boolean {
  return page.needs === "" || (session !== null && mayEver(session, page.needs));
}

/** The pages of the navigation; those that look at footage only where it can be looked at. */
export function pagesFor(session: Session | null, caseId: string | null): Page[] {
  const inside = caseId !== null || (session !== null && !session.workspace.case_needed);
  const users = session?.workspace.users === true;
  return PAGES.filter(
    (page) =>
      page.key &&
      isOpen(page, session) &&
      (inside || !page.scoped) &&
      (users || !page.users) &&
      !(page.unless && session && mayEver(session, page.unless)),
  );
}

/** Where somebody lands who asked for nothing, or for what is not for them. */
export function landing(session: Session): string {
  return pagesFor(session, null)[0]?.path ?? "/declaration";
}

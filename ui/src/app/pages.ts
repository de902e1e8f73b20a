import { type ComponentType, lazy } from "react";
import type { Key } from "../i18n";

/** A page of the app. `open`: who may see it; `scoped`: it looks at footage, so inside a case where one is needed. */
export interface Page {
  path: string;
  title: Key;
  open: "public" | "everyone" | "not-auditors";
  scoped: boolean;
  /** Second key after `g`, and whether the page stands in the navigation. */
  key?: string;
  Component: ComponentType;
}

/** All pages, each in a file of its own that is fetched when it is opened. To add one, see docs/ui.md. */
export const PAGES: readonly Page[] = [
  {
    path: "/cases",
    title: "page.cases",
    open: "not-auditors",
    scoped: false,
    key: "c",
    Component: lazy(() => import("../pages/Cases")),
  },
  {
    path: "/case",
    title: "page.case",
    open: "not-auditors",
    scoped: true,
    Component: lazy(() => import("../pages/Case")),
  },
  {
    path: "/footage",
    title: "page.footage",
    open: "not-auditors",
    scoped: true,
    key: "f",
    Component: lazy(() => import("../pages/Footage")),
  },
  {
    path: "/search",
    title: "page.search",
    open: "not-auditors",
    scoped: true,
    key: "s",
    Component: lazy(() => import("../pages/Search")),
  },
  {
    path: "/synopsis",
    title: "page.synopsis",
    open: "not-auditors",
    scoped: true,
    key: "y",
    Component: lazy(() => import("../pages/Synopsis")),
  },
  {
    path: "/log",
    title: "page.log",
    open: "everyone",
    scoped: false,
    key: "l",
    Component: lazy(() => import("../pages/Log")),
  },
  {
    path: "/declaration",
    title: "page.declaration",
    open: "public",
    scoped: false,
    key: "d",
    Component: lazy(() => import("../pages/Declaration")),
  },
];

export const SignIn = lazy(() => import("../pages/SignIn"));

/** Where somebody lands who asked for nothing. */
export function landing(auditor: boolean, needsCase: boolean): string {
  if (auditor) return "/log";
  return needsCase ? "/cases" : "/search";
}

import {
  type AnchorHTMLAttributes,
  createContext,
  type MouseEvent,
  type ReactNode,
  useContext,
  useSyncExternalStore,
} from "react";

/** Where the browser is: the path, and what stands behind the question mark. */
export interface Place {
  path: string;
  query: URLSearchParams;
}

const listeners = new Set<() => void>();
let shown = read();

function read(): Place & { key: string } {
  const { pathname, search } = window.location;
  return { path: pathname, query: new URLSearchParams(search), key: pathname + search };
}

function changed(): void {
  shown = read();
  for (const listener of listeners) listener();
}

window.addEventListener("popstate", changed);

/** Go to another page; `replace` leaves no step back. */
export function go(to: string, replace = false): void {
  if (to === shown.key) return;
  if (replace) window.history.replaceState(null, "", to);
  else window.history.pushState(null, "", to);
  changed();
}

/** The place now; the caller is drawn anew when it changes. */
export function usePlace(): Place {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => shown,
  );
}

/**
 * The case that a path lies in and the page's own path: `/cases/case-1/search` is `/search` of `case-1`.
 * `/cases` and `/cases/case-1` are pages of their own.
 */
export function split(path: string): { caseId: string | null; page: string } {
  const found = /^\/cases\/([^/]+)(\/.*)?$/.exec(path);
  if (!found?.[1]) return { caseId: null, page: path === "" ? "/" : path };
  return { caseId: decodeURIComponent(found[1]), page: found[2] ?? "/case" };
}

/** The path of a page, inside a case if one is given. */
export function inside(caseId: string | null, page: string): string {
  if (caseId === null) return page;
  return `/cases/${encodeURIComponent(caseId)}${page === "/case" ? "" : page}`;
}

const CaseContext = createContext<string | null>(null);
export const CaseProvider = CaseContext.Provider;

/** The case that the page shows, or none. */
export function useCaseId(): string | null {
  return useContext(CaseContext);
}

interface LinkProps extends AnchorHTMLAttributes<HTMLAnchorElement> {
  to: string;
  children: ReactNode;
}

/** A link inside the app; with a modifier key the browser does what it always does. */
export function Link({ to, children, onClick, ...rest }: LinkProps) {
  const follow = (event: MouseEvent<HTMLAnchorElement>) => {
    onClick?.(event);
    if (event.defaultPrevented || event.button !== 0 || event.metaKey || event.ctrlKey || event.shiftKey)
      return;
    event.preventDefault();
    go(to);
  };
  return (
    <a href={to} onClick={follow} {...rest}>
      {children}
    </a>
  );
}

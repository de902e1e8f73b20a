import { createContext, useContext } from "react";
import { forgetCameras } from "../api/cameras";
import { get, send, setToken } from "../api/client";
import type { DoorOut, May, SessionOut, WorkspaceOut } from "../api/types";

/** Who is signed in, and the workspace; `user.roles` is empty where a profile knows no users. */
export interface Session {
  user: SessionOut;
  workspace: WorkspaceOut;
  /** What this person may do, by capability, outside any case. */
  may: ReadonlyMap<string, May>;
}

/** How one signs in: by name and password, by the organisation's sign-in, or by the terminal's link. */
export type Door = Pick<DoorOut, "users" | "passwords" | "oidc" | "organisation">;

/** Whether somebody is signed in; if not, how one signs in. */
export type Standing = { state: "asking" } | { state: "out"; door: Door } | { state: "in"; session: Session };

/** Ask the server where this browser stands. */
export async function askStanding(): Promise<Standing> {
  const door = await get("/api/door", {});
  if (!door.signed_in) return { state: "out", door };
  const [user, workspace, may] = await Promise.all([
    get("/api/session", {}),
    get("/api/workspace", {}),
    get("/api/session/may", {}),
  ]);
  setToken(user.token);
  return { state: "in", session: { user, workspace, may: new Map(may.map((one) => [one.capability, one])) } };
}

export async function signIn(how: { name: string; password: string } | { link: string }): Promise<void> {
  const body = { name: "", password: "", link: "", ...how };
  const made = await send("post", "/api/session", {}, body);
  setToken(made.token);
}

export async function signOut(): Promise<void> {
  await send("delete", "/api/session", {}, undefined);
  setToken("");
  forgetCameras();
}

export const SessionContext = createContext<Session | null>(null);

/** The session; only pages behind the sign-in ask for it. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("no session: this page stands outside the sign-in");
  return session;
}

// What is lacking outside a case, or a request of a person filmed, may be there inside one.
const INSIDE = new Set(["case.named", "reason.given", "request.open"]);

/** Whether a capability is this person’s at all: now, or inside a case or a request, or with a reason. */
export function mayEver(session: Session, capability: string): boolean {
  const found = session.may.get(capability);
  return found !== undefined && (found.allowed || INSIDE.has(found.rule));
}

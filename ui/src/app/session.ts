import { createContext, useContext } from "react";

/** Who is signed in, and what the workspace is. */
export interface Session {
  user: { id: string; name: string; roles: readonly string[]; unit: string };
  workspace: { organisation: string; profile: string; profileLabel: string; needsCase: boolean };
  signOut: () => void;
}

export const SessionContext = createContext<Session | null>(null);

/** The session; only pages behind the sign-in ask for it. */
export function useSession(): Session {
  const session = useContext(SessionContext);
  if (session === null) throw new Error("no session: this page stands outside the sign-in");
  return session;
}

/** An auditor sees the log and nothing else. */
export function seesOnlyTheLog(roles: readonly string[]): boolean {
  return roles.includes("auditor");
}

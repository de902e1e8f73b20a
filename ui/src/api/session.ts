import type { Session } from "../app/session";
import { ApiError, get, send, setToken } from "./client";

/** Who is signed in; null if nobody is. */
export async function readSession(): Promise<Omit<Session, "signOut"> | null> {
  return null;
}
export { ApiError, get, send, setToken };
export async function endSession(): Promise<void> {
  await send("DELETE", "/api/session");
}

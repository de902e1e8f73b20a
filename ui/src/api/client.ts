/** What went wrong with a question to the server, sorted by what the reader can do about it. */
export type Trouble = "offline" | "signed-out" | "refused" | "missing" | "mistake" | "busy" | "failed";

/** An answer that is no answer: what kind, the server's words, and the rule if a policy refused. */
export class ApiError extends Error {
  constructor(
    readonly trouble: Trouble,
    message: string,
    readonly rule: string = "",
    readonly status: number = 0,
    readonly details: Readonly<Record<string, unknown>> = {},
  ) {
    super(message);
  }
}

let token = "";
let onSignedOut: () => void = () => undefined;

/** The token that every change must carry; it comes with the session. */
export function setToken(given: string): void {
  token = given;
}

/** What to do when the server says that nobody is signed in any more. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

type Query = Record<string, string | number | boolean | null | undefined>;

/** Ask for something; `query` values that are null or undefined are left out. */
export function get<T>(path: string, query: Query = {}, signal?: AbortSignal): Promise<T> {
  return ask<T>("GET", path + search(query), undefined, signal);
}

/** Change something. */
export function send<T>(
  method: "POST" | "PUT" | "PATCH" | "DELETE",
  path: string,
  body?: unknown,
): Promise<T> {
  return ask<T>(method, path, body);
}

function search(query: Query): string {
  const pairs = Object.entries(query).filter(([, value]) => value !== null && value !== undefined);
  if (!pairs.length) return "";
  return `?${new URLSearchParams(pairs.map(([name, value]) => [name, String(value)]))}`;
}

async function ask<T>(method: string, path: string, body?: unknown, signal?: AbortSignal): Promise<T> {
  const headers: Record<string, string> = { accept: "application/json" };
  if (body !== undefined) headers["content-type"] = "application/json";
  if (method !== "GET") headers["x-synopticon-token"] = token;
  let response: Response;
  try {
    response = await fetch(path, {
      method,
      headers,
      credentials: "same-origin",
      cache: "no-store",
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("offline", "");
  }
  if (response.ok) return (response.status === 204 ? undefined : await response.json()) as T;
  const error = await readError(response);
  if (error.trouble === "signed-out") onSignedOut();
  throw error;
}

/** A problem as the server tells it (RFC 9457). */
async function readError(response: Response): Promise<ApiError> {
  const told = (await response.json().catch(() => ({}))) as Record<string, unknown>;
  const text = (name: string) => (typeof told[name] === "string" ? told[name] : "");
  return new ApiError(troubleOf(response.status), text("detail"), text("rule"), response.status, told);
}

export function troubleOf(status: number): Trouble {
  if (status === 401) return "signed-out";
  if (status === 403) return "refused";
  if (status === 404) return "missing";
  if (status === 429 || status === 503) return "busy";
  return status < 500 ? "mistake" : "failed";
}

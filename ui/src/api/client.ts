import type { paths } from "./schema";

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

type Method = "get" | "post" | "put" | "patch" | "delete";
/** The addresses of the interface that answer a method. */
export type PathOf<M extends Method> = {
  [P in keyof paths]: paths[P] extends { [K in M]: object } ? P : never;
}[keyof paths];
type Operation<M extends Method, P extends keyof paths> = paths[P] extends { [K in M]: infer O } ? O : never;
type Content<T> = T extends { content: { "application/json": infer C } } ? C : undefined;
type Good<O> = O extends { responses: infer R }
  ? R extends { 200: infer A }
    ? Content<A>
    : R extends { 201: infer B }
      ? Content<B>
      : R extends { 202: infer C }
        ? Content<C>
        : undefined
  : never;
type Part<O, K extends string> = O extends { parameters: infer Q }
  ? K extends keyof Q
    ? [NonNullable<Q[K]>] extends [never]
      ? unknown
      : NonNullable<Q[K]>
    : unknown
  : unknown;
/** What an address takes: the names in it, and what stands behind the question mark. */
export type ParamsOf<M extends Method, P extends keyof paths> = Part<Operation<M, P>, "path"> &
  Part<Operation<M, P>, "query">;
export type AnswerOf<M extends Method, P extends keyof paths> = Good<Operation<M, P>>;
export type BodyOf<M extends Method, P extends keyof paths> =
  Operation<M, P> extends { requestBody: { content: { "application/json": infer B } } } ? B : undefined;

let token = "";
let onSignedOut: () => void = () => undefined;
let onSent: (path: string) => void = () => undefined;

/** The token that every change must carry; it comes with the session. */
export function setToken(given: string): void {
  token = given;
}

/** What to do when the server says that nobody is signed in any more. */
export function whenSignedOut(action: () => void): void {
  onSignedOut = action;
}

/** What to do when something was changed, with the address that it was sent to; gives what ends that. */
export function whenSent(action: (path: string) => void): () => void {
  onSent = action;
  return () => {
    onSent = () => undefined;
  };
}

/** Ask for something. Values that are null or undefined are left out. */
export function get<P extends PathOf<"get">>(
  path: P,
  params: ParamsOf<"get", P>,
  signal?: AbortSignal,
): Promise<AnswerOf<"get", P>> {
  return ask("get", address(path, params), undefined, signal) as Promise<AnswerOf<"get", P>>;
}

/** Ask for something that is not JSON. */
export async function getBytes<P extends PathOf<"get">>(
  path: P,
  params: ParamsOf<"get", P>,
  signal?: AbortSignal,
): Promise<ArrayBuffer> {
  return (await good("get", address(path, params), undefined, signal)).arrayBuffer();
}

/** Change something. */
export function send<M extends "post" | "put" | "patch" | "delete", P extends PathOf<M>>(
  method: M,
  path: P,
  params: ParamsOf<M, P>,
  body: BodyOf<M, P>,
): Promise<AnswerOf<M, P>> {
  const answer = ask(method, address(path, params), body) as Promise<AnswerOf<M, P>>;
  return answer.then((value) => {
    onSent(path);
    return value;
  });
}

/** A question with headers of its own, and bytes as its body; gives the answer as it is. */
export function raw(
  method: Method | "head",
  path: string,
  headers: Record<string, string>,
  body?: ArrayBuffer,
  signal?: AbortSignal,
): Promise<Response> {
  return checked(method, path, body === undefined ? { headers } : { headers, body }, signal);
}

/** Ask for a file, and save it under a name. */
export async function download(path: string, body: unknown, name: string): Promise<void> {
  const response = await good("post", path, body);
  const link = document.createElement("a");
  link.href = URL.createObjectURL(await response.blob());
  link.download = name;
  link.click();
  window.setTimeout(() => URL.revokeObjectURL(link.href), 60_000);
}

/** The address with its names filled in, and the other values behind the question mark. */
export function address(path: string, params: unknown): string {
  const left = new Map(Object.entries((params ?? {}) as Record<string, unknown>));
  const filled = path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(left.get(name));
    left.delete(name);
    return encodeURIComponent(value);
  });
  const query = new URLSearchParams();
  for (const [name, value] of left)
    for (const one of Array.isArray(value) ? value : [value])
      if (one !== null && one !== undefined && one !== "") query.append(name, String(one));
  const text = query.toString();
  return text ? `${filled}?${text}` : filled;
}

async function ask(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<unknown> {
  const response = await good(method, path, body, signal);
  return response.status === 204 ? undefined : response.json();
}

/** The answer, if it is one. */
function good(method: Method, path: string, body?: unknown, signal?: AbortSignal): Promise<Response> {
  const json = { "content-type": "application/json" };
  const sent = body === undefined ? { headers: {} } : { headers: json, body: JSON.stringify(body) };
  return checked(method, path, sent, signal);
}

interface Sent {
  headers: Record<string, string>;
  body?: BodyInit;
}

async function checked(
  method: Method | "head",
  path: string,
  sent: Sent,
  signal?: AbortSignal,
): Promise<Response> {
  const response = await reach(method, path, sent, signal);
  if (response.ok) return response;
  const error = await readError(response);
  if (error.trouble === "signed-out") onSignedOut();
  throw error;
}

/** A piece of a video and the second of its first picture; null where there is nothing to be seen. */
export async function fetchBytes(
  path: string,
  signal: AbortSignal,
): Promise<{ data: ArrayBuffer; first: number } | null> {
  const response = await raw("get", path, {}, undefined, signal);
  if (response.status === 204) return null;
  return { data: await response.arrayBuffer(), first: Number(response.headers.get("x-synopticon-first")) };
}

async function reach(
  method: Method | "head",
  path: string,
  sent: Sent,
  signal?: AbortSignal,
): Promise<Response> {
  const headers: Record<string, string> = { accept: "application/json", ...sent.headers };
  if (method !== "get" && method !== "head") headers["x-synopticon-token"] = token;
  const init: RequestInit = { ...sent, method: method.toUpperCase(), headers, cache: "no-store" };
  if (signal) init.signal = signal;
  try {
    return await fetch(path, { ...init, credentials: "same-origin" });
  } catch (error) {
    if (signal?.aborted) throw error;
    throw new ApiError("offline", "");
  }
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

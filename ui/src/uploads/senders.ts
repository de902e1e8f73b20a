import { useSyncExternalStore } from "react";
import type { ApiError } from "../api/client";
import { asApiError } from "../api/useLoad";
import { announce, offsetOf, passes, pause, sendPiece, type Wish } from "./tus";

/** A file that this window sends. `left`: seconds, none = not known yet; `error`: why it stopped. */
export interface Sender {
  sent: number;
  total: number;
  left: number | null;
  error: ApiError | null;
}

const TRIES = 12; // in a row, without a byte between them
const senders = new Map<string, Sender>();
const controls = new Map<string, AbortController>();
const listeners = new Set<() => void>();

/** What this window sends of a job, if it does; the caller is drawn anew as it goes on. */
export function useSender(id: string): Sender | undefined {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => senders.get(id),
  );
}

/** Announce a file, and send it on whatever page one looks at; gives the id of its job once it is announced. */
export async function beginSending(wish: Wish): Promise<string> {
  const id = await announce(wish);
  remember(id, wish.file);
  void sendOn(id, wish.file);
  return id;
}

/** Go on with an upload whose file was chosen again. */
export async function sendOn(id: string, file: File): Promise<void> {
  const control = new AbortController();
  controls.get(id)?.abort();
  controls.set(id, control);
  const began = { at: performance.now(), sent: -1 };
  let tries = 0;
  let at = -1;
  while (at < file.size && !control.signal.aborted) {
    try {
      at = at < 0 ? await offsetOf(id) : await sendPiece(id, file, at, control.signal);
      if (began.sent < 0) began.sent = at;
      tries = 0;
      note(id, { sent: at, total: file.size, left: secondsLeft(began, at, file.size), error: null });
    } catch (why) {
      if (control.signal.aborted) break;
      const error = asApiError(why);
      tries += 1;
      note(id, { sent: Math.max(at, 0), total: file.size, left: null, error });
      if (!passes(error) || tries > TRIES) return;
      at = -1; // the server says where it goes on
      await new Promise((done) => setTimeout(done, 1000 * pause(tries)));
    }
  }
  forget(id);
}

/** Stop sending; the upload itself is cancelled by its job. */
export function giveUp(id: string): void {
  controls.get(id)?.abort();
  forget(id);
}

/** Whether a chosen file is the one of an upload that was broken off in this browser. */
export function isOf(id: string, file: File): boolean {
  return localStorage.getItem(place(id)) === marks(file);
}

function secondsLeft(began: { at: number; sent: number }, sent: number, total: number): number | null {
  const gone = sent - began.sent;
  return gone > 0 ? ((performance.now() - began.at) / 1000) * ((total - sent) / gone) : null;
}

function note(id: string, sender: Sender): void {
  senders.set(id, sender);
  for (const listener of listeners) listener();
}

function forget(id: string): void {
  senders.delete(id);
  controls.delete(id);
  localStorage.removeItem(place(id));
  for (const listener of listeners) listener();
}

function remember(id: string, file: File): void {
  localStorage.setItem(place(id), marks(file));
}

function place(id: string): string {
  return `synopticon.upload.${id}`;
}

function marks(file: File): string {
  return JSON.stringify([file.name, file.size, file.lastModified]);
}

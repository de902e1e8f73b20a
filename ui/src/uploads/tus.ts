import { ApiError, raw } from "../api/client";

/** The protocol tus 1.0.0, as far as this server speaks it: announce, ask how far, send the next piece. */
export const PIECE = 4 << 20; // bytes
const VERSION = { "Tus-Resumable": "1.0.0" };

export interface Wish {
  file: File;
  camera: string;
  /** When the first picture was taken, in the camera's zone; "" = as the recording says. */
  start: string;
  caseId: string | null;
  reason: string;
}

/** Announce a file; gives the id of its job. */
export async function announce(wish: Wish): Promise<string> {
  const { file, camera, start, caseId, reason } = wish;
  const about = metadata({ filename: file.name, camera, start, case: caseId ?? "", reason });
  const headers = { ...VERSION, "Upload-Length": String(file.size), "Upload-Metadata": about };
  const answer = await raw("post", "/api/uploads", headers);
  return decodeURIComponent(answer.headers.get("location")?.split("/").at(-1) ?? "");
}

/** How many bytes of an upload the server has. */
export async function offsetOf(id: string): Promise<number> {
  const answer = await raw("head", addressOf(id), VERSION);
  return Number(answer.headers.get("upload-offset"));
}

/** Send one piece, with its digest where the browser can make one; gives where the next one begins. */
export async function sendPiece(id: string, file: Blob, at: number, signal: AbortSignal): Promise<number> {
  const piece = await file.slice(at, at + PIECE).arrayBuffer();
  const headers: Record<string, string> = {
    ...VERSION,
    "Upload-Offset": String(at),
    "Content-Type": "application/offset+octet-stream",
  };
  if (globalThis.crypto?.subtle) {
    const digest = await crypto.subtle.digest("SHA-256", piece);
    headers["Upload-Checksum"] = `sha256 ${base64(new Uint8Array(digest))}`;
  }
  const answer = await raw("patch", addressOf(id), headers, piece, signal);
  return Number(answer.headers.get("upload-offset"));
}

/** Whether to try again by itself: the connection, or another writer, or a piece that was damaged. */
export function passes(error: unknown): boolean {
  if (!(error instanceof ApiError)) return false;
  return error.trouble === "offline" || error.trouble === "busy" || [408, 409, 460].includes(error.status);
}

/** Seconds to wait before the n-th try in a row, from 1. */
export function pause(tries: number): number {
  return Math.min(2 ** (tries - 1), 30);
}

/** Keys and values as tus writes them: values in Base64, empty ones left out. */
export function metadata(values: Record<string, string>): string {
  return Object.entries(values)
    .filter(([, value]) => value)
    .map(([key, value]) => `${key} ${base64(new TextEncoder().encode(value))}`)
    .join(",");
}

function base64(bytes: Uint8Array): string {
  return btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
}

function addressOf(id: string): string {
  return `/api/uploads/${encodeURIComponent(id)}`;
}

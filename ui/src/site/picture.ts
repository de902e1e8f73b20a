import { ApiError } from "../api/client";

export const PICTURES = "image/png,image/jpeg";
const SIDE = 1800; // pixels of the longer side that is sent
const MOST = 700_000; // bytes; a request holds a megabyte

/** A picture made small enough to be sent, in base64; the server checks and codes it anew. */
export async function base64Of(file: File): Promise<string> {
  if (file.size > 64 << 20) throw new ApiError("mistake", "");
  const found = await createImageBitmap(file).catch(() => {
    throw new ApiError("mistake", "");
  });
  const share = Math.min(1, SIDE / Math.max(found.width, found.height));
  const canvas = document.createElement("canvas");
  canvas.width = Math.max(1, Math.round(found.width * share));
  canvas.height = Math.max(1, Math.round(found.height * share));
  canvas.getContext("2d")?.drawImage(found, 0, 0, canvas.width, canvas.height);
  for (const quality of [0.9, 0.75, 0.5]) {
    const data = canvas.toDataURL("image/jpeg", quality).split(",")[1] ?? "";
    if (data.length * 0.75 <= MOST) return data;
  }
  throw new ApiError("mistake", "");
}

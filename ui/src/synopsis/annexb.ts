/** One access unit of a sprite stream: a picture, with the parameter sets before it. */
export interface Unit {
  data: Uint8Array;
  key: boolean;
}

const SLICE = 1;
const KEY_SLICE = 5;

/** Cut an H.264 stream (Annex B, one slice a picture, as sprites are stored) into its pictures. */
export function units(stream: Uint8Array): Unit[] {
  const starts = startCodes(stream);
  const found: Unit[] = [];
  let begin = 0;
  for (const [k, start] of starts.entries()) {
    const type = (stream[start + 3] ?? 0) & 31;
    if (type !== SLICE && type !== KEY_SLICE) continue;
    const end = starts[k + 1] ?? stream.length;
    found.push({ data: stream.subarray(begin, end), key: type === KEY_SLICE });
    begin = end;
  }
  return found;
}

/** Where 00 00 01 stands; it cannot occur inside a unit. */
function startCodes(stream: Uint8Array): number[] {
  const found: number[] = [];
  for (let i = stream.indexOf(1, 2); i > 0; i = stream.indexOf(1, i + 1))
    if (stream[i - 1] === 0 && stream[i - 2] === 0) found.push(i - 2);
  return found;
}

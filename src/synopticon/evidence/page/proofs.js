
"use strict";
(() => {
const markup = document.getElementById("markup").textContent;
const MOST = 64 * 1024 * 1024, BLOCK = 1024 * 1024, LATE = [1000, 2000, 4000, 8000], PATIENT = 3000;  // bytes; milliseconds
const UNLISTED = ["manifest.json", "signature.txt"], LOG = "log.json", PAGE = "verify.html";
const ORIGINAL = "original recording, every byte as it was";
const utf8 = text => new TextEncoder().encode(text);

// --- SHA-256 (FIPS 180-4), block by block ---------------------------------------------------------------

const K = new Uint32Array([
  0x428a2f98, 0x71374491, 0xb5c0fbcf, 0xe9b5dba5, 0x3956c25b, 0x59f111f1, 0x923f82a4, 0xab1c5ed5,
  0xd807aa98, 0x12835b01, 0x243185be, 0x550c7dc3, 0x72be5d74, 0x80deb1fe, 0x9bdc06a7, 0xc19bf174,
  0xe49b69c1, 0xefbe4786, 0x0fc19dc6, 0x240ca1cc, 0x2de92c6f, 0x4a7484aa, 0x5cb0a9dc, 0x76f988da,
  0x983e5152, 0xa831c66d, 0xb00327c8, 0xbf597fc7, 0xc6e00bf3, 0xd5a79147, 0x06ca6351, 0x14292967,
  0x27b70a85, 0x2e1b2138, 0x4d2c6dfc, 0x53380d13, 0x650a7354, 0x766a0abb, 0x81c2c92e, 0x92722c85,
  0xa2bfe8a1, 0xa81a664b, 0xc24b8b70, 0xc76c51a3, 0xd192e819, 0xd6990624, 0xf40e3585, 0x106aa070,
  0x19a4c116, 0x1e376c08, 0x2748774c, 0x34b0bcb5, 0x391c0cb3, 0x4ed8aa4a, 0x5b9cca4f, 0x682e6ff3,
  0x748f82ee, 0x78a5636f, 0x84c87814, 0x8cc70208, 0x90befffa, 0xa4506ceb, 0xbef9a3f7, 0xc67178f2]);

class Sha256 {
  constructor() {
    this.state = new Uint32Array([0x6a09e667, 0xbb67ae85, 0x3c6ef372, 0xa54ff53a,
      0x510e527f, 0x9b05688c, 0x1f83d9ab, 0x5be0cd19]);
    this.words = new Int32Array(64);
    this.rest = new Uint8Array(64);
    this.held = 0;
    this.length = 0;
  }
  update(bytes) {
    this.length += bytes.length;
    let at = 0;
    if (this.held) {
      at = Math.min(64 - this.held, bytes.length);
      this.rest.set(bytes.subarray(0, at), this.held);
      this.held += at;
      if (this.held < 64) return this;
      this.blocks(this.rest, 0, 64);
      this.held = 0;
    }
    const end = at + ((bytes.length - at) & ~63);
    this.blocks(bytes, at, end);
    this.rest.set(bytes.subarray(end), 0);
    this.held = bytes.length - end;
    return this;
  }
  blocks(b, from, to) {
    const w = this.words, s = this.state;
    for (let p = from; p < to; p += 64) {
      for (let i = 0, q = p; i < 16; i++, q += 4)
        w[i] = (b[q] << 24) | (b[q + 1] << 16) | (b[q + 2] << 8) | b[q + 3];
      for (let i = 16; i < 64; i++) {
        const x = w[i - 15], y = w[i - 2];
        const s0 = ((x >>> 7) | (x << 25)) ^ ((x >>> 18) | (x << 14)) ^ (x >>> 3);
        const s1 = ((y >>> 17) | (y << 15)) ^ ((y >>> 19) | (y << 13)) ^ (y >>> 10);
        w[i] = (w[i - 16] + s0 + w[i - 7] + s1) | 0;
      }
      let A = s[0] | 0, B = s[1] | 0, C = s[2] | 0, D = s[3] | 0;
      let E = s[4] | 0, F = s[5] | 0, G = s[6] | 0, H = s[7] | 0;
      for (let i = 0; i < 64; i++) {
        const e1 = ((E >>> 6) | (E << 26)) ^ ((E >>> 11) | (E << 21)) ^ ((E >>> 25) | (E << 7));
        const one = (H + e1 + ((E & F) ^ (~E & G)) + K[i] + w[i]) | 0;
        const a0 = ((A >>> 2) | (A << 30)) ^ ((A >>> 13) | (A << 19)) ^ ((A >>> 22) | (A << 10));
        const two = (a0 + ((A & B) ^ (A & C) ^ (B & C))) | 0;
        H = G; G = F; F = E; E = (D + one) | 0; D = C; C = B; B = A; A = (one + two) | 0;
      }
      s[0] += A; s[1] += B; s[2] += C; s[3] += D; s[4] += E; s[5] += F; s[6] += G; s[7] += H;
    }
  }
  digest() {
    const bits = this.length, end = new Uint8Array(this.held < 56 ? 64 - this.held : 128 - this.held);
    end[0] = 0x80;
    const view = new DataView(end.buffer);
    view.setUint32(end.length - 8, Math.floor(bits / 0x20000000));
    view.setUint32(end.length - 4, (bits * 8) >>> 0);
    this.update(end);
    const out = new Uint8Array(32), to = new DataView(out.buffer);
    this.state.forEach((word, i) => to.setUint32(4 * i, word));
    return out;
  }
}
const join = (...parts) => {
  const out = new Uint8Array(parts.reduce((n, p) => n + p.length, 0));
  parts.reduce((at, p) => (out.set(p, at), at + p.length), 0);
  return out;
};
const sha256 = (...parts) => parts.reduce((h, p) => h.update(p), new Sha256()).digest();
const hex = bytes => Array.from(bytes, b => b.toString(16).padStart(2, "0")).join("");
const equal = (a, b) => a.length === b.length && a.every((x, i) => x === b[i]);

// --- Ed25519 (RFC 8032): the browser's own, or this one -------------------------------------------------

const P = 2n ** 255n - 19n, L = 2n ** 252n + 27742317777372353535851937790883648493n;
const mod = (a, m = P) => ((a % m) + m) % m;
const power = (base, exponent) => {
  let out = 1n;
  for (let b = mod(base), e = exponent; e; e >>= 1n, b = b * b % P) if (e & 1n) out = out * b % P;
  return out;
};
const inverse = a => power(a, P - 2n);
const D = mod(-121665n * inverse(121666n)), ROOT = power(2n, (P - 1n) / 4n);
const little = bytes => bytes.reduceRight((n, b) => (n << 8n) | BigInt(b), 0n);

function point(bytes) {  // to extended coordinates; null for what is no point, or written in another way
  const y = little(bytes) & (2n ** 255n - 1n), sign = BigInt(bytes[31] >> 7);
  if (y >= P) return null;
  const u = mod(y * y - 1n), v = mod(D * y * y + 1n);
  let x = mod(u * power(v, 3n) * power(u * power(v, 7n), (P - 5n) / 8n));
  if (mod(v * x * x) !== u) x = mod(x * ROOT);
  if (mod(v * x * x) !== u || (x === 0n && sign)) return null;
  if ((x & 1n) !== sign) x = P - x;
  return [x, y, 1n, mod(x * y)];
}
function add([X1, Y1, Z1, T1], [X2, Y2, Z2, T2]) {
  const A = mod((Y1 - X1) * (Y2 - X2)), B = mod((Y1 + X1) * (Y2 + X2));
  const C = mod(2n * T1 * D * T2), Z = mod(2n * Z1 * Z2);
  const E = B - A, F = Z - C, G = Z + C, H = B + A;
  return [mod(E * F), mod(G * H), mod(F * G), mod(E * H)];
}
function times(scalar, start) {
  let out = [0n, 1n, 1n, 0n];
  for (let p = start, n = scalar; n; n >>= 1n, p = add(p, p)) if (n & 1n) out = add(out, p);
  return out;
}
function written([X, Y, Z]) {
  const z = inverse(Z), y = mod(Y * z), out = new Uint8Array(32);
  for (let i = 0, n = y; i < 32; i++, n >>= 8n) out[i] = Number(n & 255n);
  out[31] |= Number(mod(X * z) & 1n) << 7;
  return out;
}
const BASE = point(join(new Uint8Array([0x58]), new Uint8Array(31).fill(0x66)));

const MASK = 2n ** 64n - 1n;
const PRIMES = (() => {  // of SHA-512's constants: the first 64 bits of fractional parts of cube and square roots
  const found = [];
  for (let n = 2; found.length < 80; n++) if (found.every(p => n % p)) found.push(n);
  return found.map(BigInt);
})();
function root(n, k) {  // of a large whole number, rounded down
  let x = 1n << (BigInt(n.toString(2).length) / k + 1n);
  for (;;) {
    const y = ((k - 1n) * x + n / x ** (k - 1n)) / k;
    if (y >= x) return x;
    x = y;
  }
}
const K512 = PRIMES.map(p => root(p << 192n, 3n) & MASK);
const START512 = PRIMES.slice(0, 8).map(p => root(p << 128n, 2n) & MASK);
function sha512(bytes) {  // of short texts only
  const turn = (x, n) => ((x >> n) | (x << (64n - n))) & MASK;
  const full = new Uint8Array(Math.ceil((bytes.length + 17) / 128) * 128);
  full.set(bytes);
  full[bytes.length] = 0x80;
  const view = new DataView(full.buffer), s = [...START512];
  view.setBigUint64(full.length - 8, BigInt(bytes.length) * 8n);
  for (let at = 0; at < full.length; at += 128) {
    const w = Array.from({ length: 16 }, (_, i) => view.getBigUint64(at + 8 * i));
    for (let i = 16; i < 80; i++) {
      const x = w[i - 15], y = w[i - 2];
      w.push((w[i - 16] + (turn(x, 1n) ^ turn(x, 8n) ^ (x >> 7n)) + w[i - 7]
        + (turn(y, 19n) ^ turn(y, 61n) ^ (y >> 6n))) & MASK);
    }
    let [a, b, c, d, e, f, g, h] = s;
    for (let i = 0; i < 80; i++) {
      const one = h + (turn(e, 14n) ^ turn(e, 18n) ^ turn(e, 41n)) + ((e & f) ^ (~e & MASK & g)) + K512[i] + w[i];
      const two = (turn(a, 28n) ^ turn(a, 34n) ^ turn(a, 39n)) + ((a & b) ^ (a & c) ^ (b & c));
      [h, g, f, e, d, c, b, a] = [g, f, e, (d + one) & MASK, c, b, a, (one + two) & MASK];
    }
    [a, b, c, d, e, f, g, h].forEach((x, i) => { s[i] = (s[i] + x) & MASK; });
  }
  const out = new Uint8Array(64), to = new DataView(out.buffer);
  s.forEach((x, i) => to.setBigUint64(8 * i, x));
  return out;
}
function ownEd25519(key, signature, data) {
  if (key.length !== 32 || signature.length !== 64) return false;
  const A = point(key), R = signature.subarray(0, 32), S = little(signature.subarray(32));
  if (!A || S >= L) return false;
  const k = little(sha512(join(R, key, data))) % L;
  const minus = [mod(-A[0]), A[1], A[2], mod(-A[3])];
  return equal(written(add(times(S, BASE), times(k, minus))), R);
}
async function ed25519(key, signature, data) {
  let imported;
  try {
    imported = await crypto.subtle.importKey("raw", key, { name: "Ed25519" }, false, ["verify"]);
  } catch { return ownEd25519(key, signature, data); }  // a browser without it, or a key that is none
  return crypto.subtle.verify({ name: "Ed25519" }, imported, signature, data);
}

// --- JSON, base64, notes, the tree ----------------------------------------------------------------------

class Bad extends Error {  // a finding: its code, and what it names
  constructor(code, ...names) { super(code); this.code = code; this.names = names; }
}
const need = (holds, code, ...names) => { if (!holds) throw new Bad(code, ...names); };

function canonical(value) {  // RFC 8785: as ECMAScript writes it, keys sorted by UTF-16 units
  if (Array.isArray(value)) return "[" + value.map(canonical).join(",") + "]";
  if (value && typeof value === "object")
    return "{" + Object.keys(value).sort().map(k => JSON.stringify(k) + ":" + canonical(value[k])).join(",") + "}";
  return JSON.stringify(value);
}
function read(bytes) {
  let text, value;
  try {
    text = decode(bytes);
    value = JSON.parse(text, (key, v) => { need(key !== "__proto__", "canonical"); return v; });
  } catch { throw new Bad("canonical"); }
  need(value && typeof value === "object" && !Array.isArray(value) && canonical(value) === text, "canonical");
  need(!/\\ud[89a-f]/.test(text.replace(/\\\\/g, "")), "canonical");  // halves of surrogate pairs
  return value;
}
const decode = bytes => new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(bytes);
const keysAre = (value, names) => value && typeof value === "object" && !Array.isArray(value)
  && canonical(Object.keys(value).sort()) === canonical([...names].sort());
function base64(text) {
  need(typeof text === "string" && /^[A-Za-z0-9+/]*={0,2}$/.test(text) && text.length % 4 === 0, "says");
  const raw = atob(text);
  need(btoa(raw) === text, "says");
  return Uint8Array.from(raw, c => c.charCodeAt(0));
}
const keyId = (name, key, kind) => sha256(utf8(name + "\n"), new Uint8Array([kind]), key).subarray(0, 4);
function note(text) {
  need(typeof text === "string" && !/[\0-\x09\x0b-\x1f]/.test(text), "note");
  const cut = text.lastIndexOf("\n\n"), lines = text.slice(cut + 2).split("\n");
  need(cut >= 0 && lines.pop() === "" && lines.length >= 1 && lines.length <= 64, "note");
  const signatures = lines.map(line => {
    const found = /^— ([^\s+]+) ([A-Za-z0-9+/]+={0,2})$/.exec(line);
    need(found, "note");
    let data;
    try { data = base64(found[2]); } catch { throw new Bad("note"); }
    need(data.length >= 5, "note");
    return { name: found[1], id: data.subarray(0, 4), data: data.subarray(4) };
  });
  return { text: text.slice(0, cut + 1), signatures };
}
async function signedBy(note, name, key) {
  const id = keyId(name, key, 1), found = note.signatures.filter(s => s.name === name && equal(s.id, id));
  need(found.length === 1 && await ed25519(key, found[0].data, utf8(note.text)), "signature", name);
}
function checkpoint(text) {
  const made = note(text), [origin, size, top] = made.text.split("\n");
  need(origin && /^(0|[1-9][0-9]{0,18})$/.test(size || "") && Number.isSafeInteger(Number(size)), "says");
  const root = base64(top);
  need(root.length === 32, "says");
  return { origin, size: Number(size), root, note: made };
}
const node = (left, right) => sha256(new Uint8Array([1]), left, right);
function included(index, size, leaf, path, top) {  // RFC 9162, 2.1.3.2
  need(Number.isSafeInteger(index) && index >= 0 && index < size, "proof");
  let at = BigInt(index), last = BigInt(size - 1), found = leaf;
  for (const step of path) {
    need(last !== 0n && step.length === 32, "proof");
    if (at & 1n || at === last) {
      found = node(step, found);
      while (!(at & 1n) && at) { at >>= 1n; last >>= 1n; }
    } else found = node(found, step);
    at >>= 1n; last >>= 1n;
  }
  need(last === 0n && equal(found, top), "proof");
}
function continued(old, size, oldTop, top, proof) {  // RFC 9162, 2.1.4.2
  need(old >= 0 && old <= size, "proof");
  if (old === 0 || old === size) {
    need(!proof.length && (old ? equal(oldTop, top) : equal(oldTop, sha256())), "proof");
    return;
  }
  const path = (BigInt(old) & BigInt(old - 1)) ? proof : [oldTop, ...proof];
  need(path.length, "proof");
  let at = BigInt(old - 1), last = BigInt(size - 1);
  while (at & 1n) { at >>= 1n; last >>= 1n; }
  let before = path[0], after = path[0];
  for (const step of path.slice(1)) {
    need(last !== 0n && step.length === 32, "proof");
    if (at & 1n || at === last) {
      before = node(step, before); after = node(step, after);
      while (!(at & 1n) && at) { at >>= 1n; last >>= 1n; }
    } else after = node(after, step);
    at >>= 1n; last >>= 1n;
  }
  need(last === 0n && equal(before, oldTop) && equal(after, top), "proof");
}


// --- the package ----------------------------------------------------------------------------------------

const HEX = /^[0-9a-f]{64}$/, TEXTS = ["kind", "made", "program", "recipient", "by", "mark"];
const same = path => path.normalize("NFC");
const safe = path => typeof path === "string" && !/[\0-\x1f\x7f\\:*?"<>|]/.test(path)
  && path.split("/").every(part => !["", ".", ".."].includes(part));
const litter = path => {
  const base = path.split("/").pop();
  return ["Thumbs.db", "desktop.ini", ".DS_Store"].includes(base) || base.startsWith("._");
};

function manifestOf(bytes) {
  const m = read(bytes);
  need(m.format === "synopticon-package", "other");
  need(!(Number.isInteger(m.version) && m.version > 1), "newer", m.version);
  need(m.version === 1, "says");
  need(keysAre(m, ["about", "entry", "files", "format", "signer", "version", ...TEXTS]), "says");
  need(TEXTS.every(name => typeof m[name] === "string") && keysAre(m.about, Object.keys(m.about || {})), "says");
  need(keysAre(m.signer, ["fingerprint", "key", "name"]) && typeof m.signer.name === "string", "says");
  const key = base64(m.signer.key);
  need(key.length === 32 && hex(sha256(key)).slice(0, 32) === m.signer.fingerprint, "says");
  need(Number.isSafeInteger(m.entry) && m.entry >= 0 && Array.isArray(m.files), "says");
  const seen = new Set(m.files.map(f => f && String(f.path).toLowerCase()));
  need(seen.size === m.files.length && [LOG, PAGE].every(p => m.files.some(f => f.path === p)), "says");
  for (const f of m.files) {
    need(keysAre(f, ["path", "role", "sha256", "size"]) && safe(f.path) && same(f.path) === f.path, "says");
    need(!UNLISTED.includes(f.path) && typeof f.role === "string" && HEX.test(f.sha256), "says");
    need(Number.isSafeInteger(f.size) && f.size >= 0, "says");
  }
  return { ...m, key, fingerprint: m.signer.fingerprint, name: m.signer.name };
}
const sealText = (name, bytes) =>
  `synopticon-package/1\n${name}\n${btoa(String.fromCharCode(...sha256(bytes)))}\n`;

// Chromium (156) may never answer a read of a file, more often when the machine is busy. What is late is asked again,
// whichever answer comes first is taken, and in the end it is told as a failure.
async function answered(ask, waits = LATE) {
  const asked = [], late = {};
  for (const wait of waits) {
    let timer;
    asked.push(ask());
    const waited = new Promise(done => { timer = setTimeout(done, wait, late); });
    try {
      const first = await Promise.race([...asked, waited]);
      if (first !== late) return first;
    } finally { clearTimeout(timer); }
  }
  throw new Late();
}
class Late extends Error {}
const bytes = async blob => new Uint8Array(await answered(() => blob.arrayBuffer()));
async function small(file) {
  need(file.size <= MOST, "large");
  return bytes(file);
}
async function digest(file, tell) {  // one buffer for all of the file, where the browser can fill one
  let reader, told = 0;
  try { reader = file.stream().getReader({ mode: "byob" }); } catch { reader = null; }
  const count = (upTo) => { if (upTo > told) { tell(upTo - told, file); told = upTo; } };
  if (!reader) return digestBySlices(file, count);
  return digestByStream(file, reader, count).catch(error => {
    if (!(error instanceof Late)) throw error;
    return digestBySlices(file, count);  // a stream cannot be asked for the same bytes again
  });
}
async function digestByStream(file, reader, count) {
  const hashed = new Sha256();
  for (let at = 0, buffer = new ArrayBuffer(BLOCK); ;) {
    const { value, done } = await answered(() => reader.read(new Uint8Array(buffer)), [PATIENT]);
    if (done) return hex(hashed.digest());
    hashed.update(value);
    count(at += value.length);
    buffer = value.buffer;
  }
}
async function digestBySlices(file, count) {
  const hashed = new Sha256();
  for (let at = 0; at < file.size; at += BLOCK) {
    const block = await bytes(file.slice(at, Math.min(at + BLOCK, file.size)));
    hashed.update(block);
    count(at + block.length);
  }
  return hex(hashed.digest());
}

// Paths of the packages that lie within a folder which is none.
const signedWithin = found => [...found.keys()].filter(path => path.endsWith("/manifest.json"))
  .map(path => path.slice(0, -"/manifest.json".length)).filter(path => found.has(path + "/signature.txt")).sort();

async function check(files, tell = () => {}, own = ownDigest) {  // files: [path, File], paths within the package
  const report = { problems: [], remarks: [], manifest: null, files: 0, bytes: 0, acts: [], log: null, seen: null,
    none: false, inner: [] };
  const bad = (place, code, ...names) => report.problems.push({ place, code, names });
  const step = async (place, work) => {
    try { return await work(); } catch (error) {
      if (error instanceof Bad) bad(place, error.code, ...error.names);
      else if (error && error.name && /NotFound|NotReadable|Encoding|Security/.test(error.name)) bad(place, "unreadable");
      else bad(place, "says");
    }
  };
  const found = new Map();
  for (const [path, file] of files) {
    if (found.has(same(path))) bad(same(path), "twice"); else found.set(same(path), file);
  }
  if (!found.has("manifest.json")) {
    bad("manifest.json", "missing");
    report.inner = signedWithin(found);
    report.none = !found.has("signature.txt") && !found.has(LOG) && (!found.has(PAGE) || report.inner.length > 0);
    return report;
  }
  await step("manifest.json", async () => {
    const bytes = await small(found.get("manifest.json"));
    report.manifest = manifestOf(bytes);
    if (!found.has("signature.txt")) { bad("signature.txt", "missing"); return; }
    await step("signature.txt", async () => {
      let text;
      try { text = decode(await small(found.get("signature.txt"))); } catch { throw new Bad("note"); }
      const made = note(text), { name, key } = report.manifest;
      need(made.text === sealText(name, bytes) && made.signatures.length === 1, "seal");
      await signedBy(made, name, key);
    });
  });
  const m = report.manifest;
  if (!m) return report;
  report.files = m.files.length;
  const listed = new Map(m.files.map(f => [f.path, f]));
  for (const f of m.files) {
    const file = found.get(f.path);
    if (!file) { bad(f.path, "missing"); continue; }
    await step(f.path, async () => {
      report.bytes += file.size;
      need(file.size === f.size, "sized", file.size, f.size);
      need(await digest(file, tell) === f.sha256, "changed");
    });
  }
  for (const path of [...found.keys()].sort()) {
    if (listed.has(path) || UNLISTED.includes(path)) continue;
    if (litter(path)) report.remarks.push({ place: path, code: "litter", names: [] });
    else bad(path, "added");
  }
  if (listed.get(PAGE).sha256 !== own)
    report.remarks.push({ place: PAGE, code: "page", names: [listed.get(PAGE).sha256] });
  if (found.has(LOG)) await step(LOG, async () => checkLog(report, await small(found.get(LOG))));
  return report;
}

async function checkLog(report, bytes) {
  const m = report.manifest, log = read(bytes);
  need(keysAre(log, ["checkpoint", "entries", "format", "witnessed"]), "says");
  need(log.format === "synopticon-package-log/1", "says");
  const now = checkpoint(log.checkpoint);
  need(now.origin === m.name, "seal");
  await signedBy(now.note, m.name, m.key);
  report.log = { name: now.origin, size: now.size };
  for (const one of log.entries) {
    const said = keysAre(one, ["header", "path", "payload", "salt"]);
    need(said || keysAre(one, ["header", "path"]), "says");
    const leaf = sha256(new Uint8Array([0]), utf8(canonical(one.header)));
    included(one.header.sequence, now.size, leaf, one.path.map(base64), now.root);
    need(one.header.v === 1, "says");
    if (said) {
      const committed = hex(sha256(base64(one.salt), utf8(canonical(one.payload))));
      need(committed === one.header.commitment, "payload", one.header.sequence);
    }
    if (one.header.sequence === m.entry && said) {
      const originals = m.files.filter(f => f.role === ORIGINAL).map(f => f.sha256).sort();
      const told = [...(one.payload.originals || [])].sort();
      need(one.payload.recipient === m.recipient && canonical(told) === canonical(originals), "act", m.entry);
    }
    report.acts.push(one.header);
  }
  need(report.acts.some(h => h.sequence === m.entry), "act", m.entry);
  if (log.witnessed !== null) report.seen = await witnessed(log.witnessed, now);
}

async function witnessed(told, now) {
  const old = checkpoint(told.checkpoint), by = [];
  need(old.origin === now.origin && told.by.length, "says");
  continued(old.size, now.size, old.root, now.root, told.consistency.map(base64));
  for (const { name, key } of told.by) {
    const raw = base64(key), id = keyId(name, raw, 4);
    const mine = old.note.signatures.filter(s => s.name === name && equal(s.id, id));
    need(mine.length, "signature", name);
    for (const one of mine) {
      need(one.data.length === 72, "signature", name);
      const stamp = new DataView(one.data.buffer, one.data.byteOffset).getBigUint64(0);
      const text = utf8(`cosignature/v1\ntime ${stamp}\n${old.note.text}`);
      need(await ed25519(raw, one.data.subarray(8), text), "signature", name);
      const time = new Date(Number(stamp) * 1000).toISOString();
      by.push({ name, fingerprint: hex(sha256(raw)).slice(0, 32), time });
    }
  }
  return { size: old.size, by };
}

// This page's own digest: what stands around its parts, and the parts as the browser read them.
const ownDigest = (() => {
  const shellText = document.getElementById("shell").textContent, pieces = JSON.parse(shellText);
  const parts = [document.querySelector("style").textContent, markup, shellText,
    document.currentScript.textContent, ""];
  return hex(sha256(utf8(pieces.map((piece, i) => piece + parts[i]).join(""))));
})();


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

async function small(file) {
  need(file.size <= MOST, "large");
  return new Uint8Array(await file.arrayBuffer());
}
async function digest(file, tell) {  // one buffer for all of the file, where the browser can fill one
  const hashed = new Sha256();
  let reader, buffer = new ArrayBuffer(BLOCK);
  try { reader = file.stream().getReader({ mode: "byob" }); } catch { reader = null; }
  if (!reader) return digestBySlices(file, tell, hashed);
  for (;;) {
    const { value, done } = await reader.read(new Uint8Array(buffer));
    if (done) return hex(hashed.digest());
    hashed.update(value);
    tell(value.length, file);
    buffer = value.buffer;
  }
}
async function digestBySlices(file, tell, hashed) {
  for (let at = 0; at < file.size; at += BLOCK) {
    const block = new Uint8Array(await file.slice(at, Math.min(at + BLOCK, file.size)).arrayBuffer());
    hashed.update(block);
    tell(block.length, file);
  }
  return hex(hashed.digest());
}

async function check(files, tell = () => {}, own = ownDigest) {  // files: [path, File], paths within the package
  const report = { problems: [], remarks: [], manifest: null, files: 0, bytes: 0, acts: [], size: 0, seen: null };
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
  if (!found.has("manifest.json")) { bad("manifest.json", "none"); return report; }
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
  report.size = now.size;
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

// --- what it says ---------------------------------------------------------------------------------------

const WORDS = {
  en: {
    title: "Check a package",
    intro: "This page tells whether a folder that somebody gave you is exactly what they signed. It works without a "
      + "network: nothing is sent, nothing is loaded.",
    drop: "Drop here the folder that you were given, the whole folder and not the files in it,",
    choose: "or choose the folder…",
    upload: "Your browser may ask whether to “upload” the files: they stay on this machine.",
    working: "Reading {0}…", signer: "Who signed it?",
    compare: "This is the fingerprint of the key that signed. Compare it with the one you got elsewhere (on paper, by "
      + "telephone, from their website): a package cannot vouch for itself.",
    given: "You can paste here the fingerprint that you got elsewhere:",
    match: "It is the same.", differ: "It is ANOTHER one. Do not rely on this package.",
    good: "Nothing was changed: all is as it was signed.",
    bad: "This package is NOT as it was signed. Do not rely on it.",
    proved: "What is proved", open: "What is not proved", remarks: "Remarks", files: "The files", file: "File",
    size: "Bytes",
    own: "SHA-256 of this page. Somebody may put a false page into a package: compare this with the published one, or "
      + "use a copy of this page from elsewhere.",
    kind: "What", recipient: "For", by: "From", made: "Made (UTC)", mark: "Mark", reason: "Reason", case: "Case",
    handover: "recordings handed over", export: "evidence exported from a case",
    request: "answer to a person who was filmed",
    "made outside any case; not evidence": "made outside any case; not evidence",
    proof_files: "The {0} files ({1} bytes) are, byte for byte, what the holder of this key signed. None is missing, "
      + "none was added.",
    proof_act: "That this was done was written into the log {0} as entry {1}, on {2} by its clock; the same key signed "
      + "the state of that log with {3} entries.",
    proof_more: "The same of {0} more entries of that log, from {1} to {2}: what was done in the same case before.",
    proof_seen: "The first {0} entries of that log were signed by {1}, too.",
    open_unseen: "When: nobody else ever signed that log; whoever holds that machine could write it anew.",
    open_key: "Who holds the key: compare the fingerprint above.",
    open_true: "That what the recordings show is true, or that they were whole before they came into this package.",
    open_time: "That the clocks were right: times are those of the machine that wrote them.",
    open_log: "Entries of the log after the last that others saw: whoever holds that machine could write them anew.",
    missing: "is missing", added: "does not belong to the package: it was added, or renamed",
    changed: "was changed", sized: "was changed: it has {0} bytes, not {1}", twice: "is there twice",
    canonical: "was changed: it is not written as it must be", says: "does not say what it must: it was changed",
    other: "is of something else: this is no package of Synopticon",
    newer: "the package is of version {0}, newer than this page: use the page of a newer release; nothing was checked",
    none: "is not there: drop or choose the folder that holds it",
    seal: "does not belong to this package: one of the two was changed", note: "was changed: it is no signed text",
    signature: "the signature of {0} does not fit: something signed was changed", large: "is larger than any such file",
    proof: "a proof does not lead to the signed state of the log", payload: "entry {0}: what it says was changed",
    act: "entry {0} is of another act than this package", unreadable: "cannot be read by this browser",
    litter: "put there by an operating system; no part of the package",
    page: "this package's own page is not the page that you are using (SHA-256 {0}): it is of another release, or "
      + "forged. Do not rely on what it says.",
    failed: "The browser does not let this page read what you dropped. Use the button “choose the folder”.",
  },
  fr: {
    title: "Vérifier un dossier",
    intro: "Cette page dit si un dossier qu'on vous a remis est exactement ce qui a été signé. Elle fonctionne sans "
      + "réseau : rien n'est envoyé, rien n'est chargé.",
    drop: "Déposez ici le dossier reçu, le dossier entier et non les fichiers qu'il contient,",
    choose: "ou choisissez le dossier…",
    upload: "Le navigateur peut demander s'il faut « envoyer » les fichiers : ils restent sur cette machine.",
    working: "Lecture de {0}…", signer: "Qui l'a signé ?",
    compare: "Voici l'empreinte de la clé qui a signé. Comparez-la à celle que vous avez reçue par ailleurs (sur papier, "
      + "par téléphone, sur leur site) : un dossier ne peut pas se porter garant de lui-même.",
    given: "Vous pouvez coller ici l'empreinte reçue par ailleurs :",
    match: "C'est la même.", differ: "C'en est une AUTRE. Ne vous fiez pas à ce dossier.",
    good: "Rien n'a été modifié : tout est tel que signé.", bad: "Ce dossier N'EST PAS tel qu'il a été signé. Ne vous y fiez pas.",
    proved: "Ce qui est prouvé", open: "Ce qui n'est pas prouvé", remarks: "Remarques", files: "Les fichiers",
    file: "Fichier", size: "Octets",
    own: "SHA-256 de cette page. On peut glisser une fausse page dans un dossier : comparez cette valeur à celle qui est "
      + "publiée, ou utilisez une copie de cette page venue d'ailleurs.",
    kind: "Objet", recipient: "Pour", by: "De", made: "Fait le (UTC)", mark: "Mention", reason: "Motif", case: "Dossier",
    handover: "enregistrements remis", export: "pièces extraites d'un dossier",
    request: "réponse à une personne filmée",
    "made outside any case; not evidence": "fait hors de tout dossier ; n'est pas une preuve",
    proof_files: "Les {0} fichiers ({1} octets) sont, octet pour octet, ce que le détenteur de cette clé a signé. Aucun "
      + "ne manque, aucun n'a été ajouté.",
    proof_act: "L'acte a été inscrit au journal {0} sous le numéro {1}, le {2} selon son horloge ; la même clé a signé "
      + "l'état de ce journal à {3} inscriptions.",
    proof_more: "De même pour {0} autres inscriptions de ce journal, de {1} à {2} : ce qui a été fait avant dans le même "
      + "dossier.",
    proof_seen: "Les {0} premières inscriptions de ce journal ont été signées aussi par {1}.",
    open_unseen: "Quand : personne d'autre n'a jamais signé ce journal ; qui détient cette machine pourrait le réécrire.",
    open_key: "Qui détient la clé : comparez l'empreinte ci-dessus.",
    open_true: "Que ce que montrent les enregistrements est vrai, ou qu'ils étaient intacts avant d'entrer ici.",
    open_time: "Que les horloges étaient justes : les heures sont celles de la machine qui les a écrites.",
    open_log: "Les inscriptions postérieures à la dernière que d'autres ont vue : qui détient cette machine pourrait les "
      + "réécrire.",
    missing: "manque", added: "ne fait pas partie du dossier : ajouté ou renommé", changed: "a été modifié",
    sized: "a été modifié : {0} octets au lieu de {1}", twice: "s'y trouve deux fois",
    canonical: "a été modifié : ce n'est pas l'écriture attendue", says: "ne dit pas ce qu'il doit : il a été modifié",
    other: "concerne autre chose : ce n'est pas un dossier de Synopticon",
    newer: "le dossier est de version {0}, plus récente que cette page : prenez la page d'une version plus récente ; "
      + "rien n'a été vérifié",
    none: "n'y est pas : déposez ou choisissez le dossier qui le contient",
    seal: "ne va pas avec ce dossier : l'un des deux a été modifié", note: "a été modifié : ce n'est pas un texte signé",
    signature: "la signature de {0} ne convient pas : ce qui était signé a été modifié",
    large: "est plus gros qu'un tel fichier ne peut l'être",
    proof: "une preuve ne mène pas à l'état signé du journal", payload: "inscription {0} : son contenu a été modifié",
    act: "l'inscription {0} concerne un autre acte que ce dossier", unreadable: "ne peut être lu par ce navigateur",
    litter: "mis là par un système d'exploitation ; ne fait pas partie du dossier",
    page: "la page contenue dans ce dossier n'est pas celle que vous utilisez (SHA-256 {0}) : elle est d'une autre "
      + "version, ou falsifiée. Ne vous fiez pas à ce qu'elle dit.",
    failed: "Le navigateur ne laisse pas cette page lire ce que vous avez déposé. Utilisez le bouton « choisissez ».",
  },
};
let language = navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en", shown = null;
const t = (code, ...names) => (WORDS[language][code] ?? code).replace(/\{(\d)\}/g, (_, i) => String(names[i]));
const number = n => n.toLocaleString(language);
const grouped = print => print.replace(/(.{4})(?=.)/g, "$1 ");
const when = time => time.slice(0, 19).replace("T", " ") + " UTC";

const host = document.createElement("div");
host.innerHTML = markup;  // this page's own, constant
document.body.prepend(...host.childNodes);
const $ = id => document.getElementById(id);
const items = (id, texts) => $(id).replaceChildren(...texts.map(text => {
  const li = document.createElement("li");
  li.textContent = text;
  return li;
}));

function speak() {
  document.documentElement.lang = language;
  document.title = "Synopticon: " + t("title");
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const b of document.querySelectorAll("[data-language]"))
    b.setAttribute("aria-pressed", String(b.dataset.language === language));
  $("digest").textContent = ownDigest;
  if (shown) show(shown);
}

function show(report) {
  shown = report;
  const m = report.manifest, good = !report.problems.length;
  $("result").hidden = false;
  $("signer").hidden = !m || report.problems.some(p => UNLISTED.includes(p.place));  // who signed is not known
  $("fingerprint").textContent = m ? grouped(m.fingerprint) : "";
  matches();
  $("verdict").className = good ? "good" : "bad";
  $("verdict").textContent = (good ? "✓ " : "✗ ") + t(good ? "good" : "bad");
  items("problems", report.problems.map(p => `${p.place}: ${t(p.code, ...p.names)}`));
  items("remarks", report.remarks.map(p => `${p.place}: ${t(p.code, ...p.names)}`));
  $("remarks-part").hidden = !report.remarks.length;
  for (const id of ["proved-part", "list"]) $(id).hidden = !good;
  facts(good ? m : null);
  if (good) { prove(report); list(m); }
}
function facts(m) {
  const rows = m ? [["kind", t(m.kind)], ["recipient", m.recipient], ["by", m.by], ["made", when(m.made)],
    ["mark", t(m.mark)], ["case", m.about.case], ["reason", m.about.reason]] : [];
  $("facts").replaceChildren(...rows.filter(([, value]) => value).flatMap(([name, value]) => {
    const dt = document.createElement("dt"), dd = document.createElement("dd");
    dt.textContent = t(name);
    dd.textContent = String(value);
    return [dt, dd];
  }));
}
function prove(report) {
  const m = report.manifest;
  const others = report.acts.map(a => a.sequence).filter(n => n !== m.entry).sort((a, b) => a - b);
  const names = report.seen && report.seen.by.map(w => `${w.name} (${w.fingerprint}), ${when(w.time)}`).join("; ");
  items("proved", [t("proof_files", number(report.files), number(report.bytes)),
    ...report.acts.filter(a => a.sequence === m.entry)
      .map(a => t("proof_act", m.name, a.sequence, when(a.time), report.size)),
    ...(others.length ? [t("proof_more", others.length, others[0], others[others.length - 1])] : []),
    ...(names ? [t("proof_seen", report.seen.size, names)] : [])]);
  items("open", ["open_key", "open_true", "open_time", names ? "open_log" : "open_unseen"].map(code => t(code)));
}
function list(m) {
  $("rows").replaceChildren(...m.files.map(f => {
    const row = document.createElement("tr"), name = document.createElement("td"), size = document.createElement("td");
    const what = document.createElement("small");
    what.textContent = f.role;
    name.append(f.path, document.createElement("br"), what);
    size.textContent = number(f.size);
    row.append(name, size);
    return row;
  }));
}
function matches() {
  const given = $("given").value.toLowerCase().replace(/[\s:]/g, ""), m = shown && shown.manifest;
  const same = m && given === m.fingerprint;
  $("match").className = given && m ? (same ? "good" : "bad") : "";
  $("match").textContent = given && m ? t(same ? "match" : "differ") : "";
}

// --- taking a folder ------------------------------------------------------------------------------------

let turn = 0;
async function take(gather) {
  const mine = ++turn;
  shown = null;
  $("result").hidden = true;
  $("told").textContent = "";
  $("working").hidden = false;
  $("now").textContent = t("working", "…");
  $("bar").value = 0;
  try {
    const files = await gather(), all = files.reduce((n, [, f]) => n + f.size, 1);
    let done = 0;
    const report = await check(files, (bytes, file) => {
      done += bytes;
      if (mine !== turn) throw new Error("another folder");
      $("bar").value = done / all;
      $("now").textContent = t("working", file.name);
    });
    if (mine !== turn) return;
    show(report);
    $("result").focus();
  } catch {
    if (mine === turn) $("told").textContent = t("failed");
  } finally {
    if (mine === turn) $("working").hidden = true;
  }
}
const within = path => path.split("/").slice(1).join("/");
const picked = list => Array.from(list, f => [within(f.webkitRelativePath), f]);

async function walkHandle(handle, prefix, out) {  // File System Access: what Chromium lets a page from disk read
  for await (const [name, child] of handle.entries()) {
    if (child.kind === "directory") await walkHandle(child, prefix + name + "/", out);
    else out.push([prefix + name, await child.getFile()]);
  }
  return out;
}
async function walkEntry(entry, prefix, out) {
  const reader = entry.createReader();
  for (;;) {
    const batch = await new Promise((resolve, reject) => reader.readEntries(resolve, reject));
    if (!batch.length) return out;
    for (const child of batch) {
      if (child.isDirectory) await walkEntry(child, prefix + child.name + "/", out);
      else out.push([prefix + child.name, await new Promise((resolve, reject) => child.file(resolve, reject))]);
    }
  }
}
async function dropped(handles, entries, files) {
  const list = await Promise.all(handles);
  if (list.length === 1 && list[0] && list[0].kind === "directory") return walkHandle(list[0], "", []);
  if (entries.length === 1 && entries[0] && entries[0].isDirectory) return walkEntry(entries[0], "", []);
  return files.map(f => [f.name, f]);  // the files of the folder, or some file: the check says what is missing
}

const place = $("place");
$("choose").addEventListener("click", () => $("folder").click());
$("folder").addEventListener("change", e => {
  const files = picked(e.target.files);
  e.target.value = "";
  take(async () => files);
});
document.addEventListener("dragover", e => { e.preventDefault(); place.classList.add("over"); });
document.addEventListener("dragleave", e => { if (!e.relatedTarget) place.classList.remove("over"); });
document.addEventListener("drop", e => {
  e.preventDefault();
  place.classList.remove("over");
  const items = Array.from(e.dataTransfer.items).filter(i => i.kind === "file");
  const handles = items.map(i => i.getAsFileSystemHandle ? i.getAsFileSystemHandle().catch(() => null) : null);
  const entries = items.map(i => i.webkitGetAsEntry ? i.webkitGetAsEntry() : null);
  const files = Array.from(e.dataTransfer.files);
  take(() => dropped(handles, entries, files));
});
$("given").addEventListener("input", matches);
for (const b of document.querySelectorAll("[data-language]"))
  b.addEventListener("click", () => { language = b.dataset.language; speak(); });
speak();
Object.defineProperty(window, "synopticonCheck",
  { value: Object.freeze({ check, ownDigest, ownEd25519, sha256, sha512, hex }) });
})();

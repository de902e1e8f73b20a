
// --- showing it -----------------------------------------------------------------------------------------

let language = navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en", shown = null;
const spaced = text => language === "fr" ? text.replace(/ (?=[:;?!»])|(?<=[«°]) /g, "\u00a0") : text;  // no break there
const t = (code, ...names) => spaced(WORDS[language][code]).replace(/\{(\d)\}/g, (_, i) => String(names[i]));
const counted = (code, n, ...names) => t(code + (n === 1 ? "_one" : "_many"), number(n), ...names);
const said = text => Object.hasOwn(SAID[language], text) ? spaced(SAID[language][text]) : text;
const number = n => n.toLocaleString(language);
const grouped = print => print.replace(/(.{4})(?=.)/g, "$1 ");
const when = time => time.slice(0, 19).replace("T", " ") + " UTC";

const host = document.createElement("div");
host.innerHTML = markup;  // this page's own, constant
document.body.prepend(...host.childNodes);
const $ = id => document.getElementById(id);
const make = (name, ...inside) => {
  const e = document.createElement(name);
  e.append(...inside);
  return e;
};
const items = (id, texts) => $(id).replaceChildren(...texts.map(text => make("li", text)));
const rows = (id, pairs) => $(id).replaceChildren(...pairs.filter(([, text]) => text)
  .flatMap(([name, text]) => [make("dt", name), make("dd", String(text))]));

function speak() {
  document.documentElement.lang = language;
  document.title = "Synopticon: " + t("title");
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const b of document.querySelectorAll("[data-language]"))
    b.setAttribute("aria-pressed", String(b.dataset.language === language));
  $("release").textContent = t("release", RELEASE);
  $("digest").textContent = ownDigest;
  if (shown) show(shown);
}

// Whether somebody's key signed this list of files: else nothing that the list says is known.
const sealed = report => report.manifest !== null && !report.problems.some(p => UNLISTED.includes(p.place));

function compare(print) {  // what was typed, with the fingerprint
  const typed = bare($("given").value), wrong = [...typed].findIndex((digit, i) => digit !== print[i]);
  if (!typed) return { state: "" };
  if (wrong >= print.length) return { state: "other", text: t("long", typed.length, print.length) };
  if (wrong >= 0) return { state: "other", text: t("differ", wrong + 1) };
  if (typed.length < print.length) return { state: "part", text: t("part", typed.length, print.length) };
  return { state: "same", text: t("match") };
}
function judge(report, key) {  // the one verdict: its colour, its sentence, and what to do
  const changed = report.problems.length > 0;
  if (report.none) return ["none", "v_none", t("v_none_more") + (report.inner.length ? " " + t("v_inner") : "")];
  if (report.problems.some(p => p.code === "newer")) return ["bad", "v_newer", ""];
  if (report.problems.some(p => p.place === "manifest.json" && p.code === "missing"))
    return ["bad", "v_lost", `${t("v_lost_more")} ${t("keep")}`];
  if (!sealed(report)) return ["bad", "v_list", t("keep")];
  if (changed) return ["bad", key === "other" ? "v_both" : "v_bad", `${tally(report)} ${t("keep")}`];
  if (key === "other") return ["bad", "v_key", t("v_key_more")];
  return key === "same" ? ["good", "v_good", ""] : ["open", "v_open", t("v_open_more")];
}
function tally(report) {  // how many files are not as they were signed
  const listed = new Set(report.manifest.files.map(f => f.path));
  const count = (...codes) => report.problems.filter(p => codes.includes(p.code)).length;
  const told = [["changed", count("changed", "sized")], ["missing", count("missing")], ["added", count("added")]]
    .filter(([, n]) => n).map(([code, n]) => counted(code, n, number(listed.size)));
  const rest = listed.size - new Set(report.problems.map(p => p.place).filter(p => listed.has(p))).size;
  return [...told, ...(told.length && rest ? [counted("rest", rest)] : [])].join(" ");
}

function show(report) {
  shown = report;
  const known = sealed(report), good = !report.problems.length;
  const files = known ? new Map(report.manifest.files.map(f => [f.path, said(f.role)])) : new Map();
  const of = path => files.has(path) ? ` (${files.get(path)})` : "";
  $("result").hidden = false;
  $("signer").hidden = $("facts-part").hidden = $("details").hidden = !known;
  for (const e of document.querySelectorAll(".whole")) e.hidden = !good;
  $("fingerprint").textContent = known ? grouped(report.manifest.fingerprint) : "";
  items("problems", report.none ? [] : report.problems.map(p => `${p.place}: ${t(p.code, ...p.names)}${of(p.place)}`));
  $("inner").replaceChildren(...report.inner.map(path => {
    const button = make("button", path);
    button.type = "button";
    button.addEventListener("click", () => report.pick(path));
    return make("li", button);
  }));
  const remarks = report.remarks.filter(p => p.code !== "page");
  items("remarks", remarks.map(p => `${p.place}: ${t(p.code, ...p.names)}`));
  $("remarks-part").hidden = !remarks.length;
  $("another-page").textContent = known && remarks.length < report.remarks.length ? anotherPage(report.manifest) : "";
  if (known) { facts(report.manifest); details(report); }
  if (good) { holds(report.manifest); list(report.manifest); }
  compared();
}
function compared() {  // all that depends on the fingerprint from elsewhere
  if (!shown) return;
  const key = sealed(shown) ? compare(shown.manifest.fingerprint) : { state: "" };
  const [state, head, more] = judge(shown, key.state), good = !shown.problems.length;
  $("verdict").className = state;
  const text = { good: "✓ ", bad: "✗ ", open: "? ", none: "" }[state] + t(head);
  if ($("verdict").textContent !== text) $("verdict").textContent = text;  // it is said aloud when it changes
  $("more").textContent = more;
  $("match").className = key.state === "same" && !good ? "part" : key.state;
  $("match").textContent = (key.text ?? "") + (key.state === "same" && !good ? " " + t("match_bad") : "");
  if (good) prove(shown, key.state === "same");
}
const anotherPage = m => t(m.program === RELEASE ? "page_same" : "page_other", m.program, RELEASE);
function facts(m) {
  rows("facts", [[t("kind"), said(m.kind)], [t("recipient"), m.recipient], [t("by"), m.by], [t("made"), when(m.made)],
    [t("mark"), said(m.mark)], [t("case"), m.about.case], [t("reason"), m.about.reason]]);
}
function holds(m) {
  const of = Object.fromEntries(GROUPS.map(([name]) => [name, 0]));
  for (const f of m.files) of[GROUPS.find(([, role]) => role.test(f.role))[0]]++;
  const parts = m.files.filter(f => f.role.startsWith("part of an original")).length;
  const excerpts = parts ? " " + (parts === 1 && of.original === 1 ? t("g_part_one") : t("g_part", number(parts))) : "";
  items("holds", [t("g_original", number(of.original)) + excerpts,
    ...["edited", "clear", "still"].filter(name => of[name]).map(name => t("g_" + name, number(of[name]))),
    ...(of.composite ? [counted("g_composite", of.composite)] : []), t("g_other", number(of.other))]);
}
function prove(report, same) {
  const m = report.manifest, own = report.acts.find(a => a.sequence === m.entry), seen = report.seen;
  const before = report.acts.filter(a => a.sequence < m.entry).sort((a, b) => a.sequence - b.sequence);
  const code = "proof_" + (before.length === 1 ? "one" : "many")
    + (before.every(a => a.case !== null && a.case === own.case) ? "_case" : "");
  const span = before.length === 1 ? [before[0].sequence]
    : before.length ? [number(before.length), before[0].sequence, before[before.length - 1].sequence] : [];
  items("proved", [t("proof_files", number(report.files), number(report.bytes)),
    t("proof_act", m.entry) + (before.length ? " " + t(code, ...span) : ""),
    ...(seen ? [t("proof_seen", seen.size, seen.by.map(w => `${w.name}, ${when(w.time)}`).join("; "))] : [])]);
  const date = !seen ? ["open_date"] : m.entry < seen.size ? [] : ["open_log"];
  items("open", [same ? "open_key_same" : "open_key", "open_true", ...date, "open_time"].map(one => t(one)));
}
function details(report) {  // names, numbers and ids
  const m = report.manifest, { log, seen } = report;
  rows("names", [[t("d_log"), log && log.name], [t("d_size"), log && number(log.size)],
    ...[...report.acts].sort((a, b) => a.sequence - b.sequence).map(a => [t("d_entry", a.sequence),
      [a.capability, when(a.time), a.case].filter(Boolean).join(", ")]),
    [t("d_seen"), seen && seen.by.map(w => `${w.name} (${w.fingerprint}), ${when(w.time)}`).join("; ")],
    [t("d_key"), m.signer.key], [t("d_program"), m.program], [t("d_page"), m.files.find(f => f.path === PAGE).sha256]]);
}
function list(m) {
  $("rows").replaceChildren(...m.files.map(f =>
    make("tr", make("td", f.path, make("br"), make("small", said(f.role))), make("td", number(f.size)))));
}

// The fingerprint from elsewhere, as it is typed: in groups of four, the caret where it was.
const bare = text => text.toLowerCase().replace(/[\s:-]/g, "");
function typed() {
  const field = $("given"), at = bare(field.value.slice(0, field.selectionStart)).length;
  field.value = grouped(bare(field.value));
  const caret = at && at + Math.floor((at - 1) / 4);
  field.setSelectionRange(caret, caret);
  compared();
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
    report.pick = folder => take(async () => files.filter(([path]) => same(path).startsWith(folder + "/"))
      .map(([path, file]) => [same(path).slice(folder.length + 1), file]));
    show(report);
    $("verdict").focus({ preventScroll: true });
    $("verdict").scrollIntoView();
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
      else out.push([prefix + child.name, await answered(() => new Promise((resolve, reject) => child.file(resolve, reject)))]);
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
$("given").addEventListener("input", typed);
for (const b of document.querySelectorAll("[data-language]"))
  b.addEventListener("click", () => { language = b.dataset.language; speak(); });
speak();
Object.defineProperty(window, "synopticonCheck",
  { value: Object.freeze({ check, ownDigest, ownEd25519, sha256, sha512, hex }) });
})();

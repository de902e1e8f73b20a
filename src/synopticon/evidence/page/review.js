"use strict";
(() => {
const WORDS = {
  en: {
    title: "Review of masks",
    intro: "Look whether every head is covered. Nothing leaves this page: it loads nothing and sends nothing. What you "
      + "decide goes into a small file, with which the masked copy is made.",
    intro_given: "Look whether every head is covered. This page loads nothing, and asks no server for anything. What you "
      + "decide you hand in to the application, in its own window; an export takes it up.",
    masked: "Pictures are masked, as the copy will be.", no_case: "Made outside any case; not evidence.",
    unmasked: "UNMASKED: heads are shown, for this reason: {0}. Yellow lines are what will be filled.",
    places: "Look here first: {0}",
    places_hint: "Something was seen or moved here, and no mask was placed on it (dashed). Choose a picture to draw one.",
    places_none: "No such place was found. That does not say that there is none.",
    masks: "Every mask: {0}",
    masks_hint: "One row for each thing that was followed and is masked, the doubtful ones first, with the reason. "
      + "Choose a picture to see it larger, and to add a mask.",
    keep: "Take this mask away: leave this clear in all of the recording",
    bare: "seen or moving, and nothing masked on it", small: "the mask does not fill all of the head's place",
    jump: "the mask leaps", held: "not seen for a while: the mask is only held",
    begins: "begins inside the picture", ends: "ends inside the picture", unsure: "the detector was unsure",
    more: "{0} more",
    left_places: "{0} more such places are not shown here: review a part at a time, with --from and --to.",
    left_tracks: "{0} more masks are not shown here: review a part at a time, with --from and --to.",
    left_moments: "{0} more doubtful moments are not shown as whole pictures.",
    left_pictures: "{0} pictures were left out, so that the page stays small.",
    left_few: "At most {0} pictures of each mask are shown, and {1} whole pictures; not every frame.",
    decide: "What you decided", kept_none: "Nobody is left clear.", kept: "Left clear: {0} ({1})",
    added_none: "No mask was added.", added: "Masks added: {0}", remove: "remove",
    reviewer: "Who looked (your name):", reason: "Why somebody is left clear (needed only then):",
    need_reviewer: "Say who looked.", need_reason: "Say why somebody is left clear.",
    save: "Save the review", copy: "Copy it", copied: "Copied.", json: "The review, as it is saved:",
    then: "Then make the masked copy:", anonymous: "Masked is not anonymous: clothes, gait and place remain.",
    footage: "Recording", stretch: "Reviewed", mask: "Mask", digest: "SHA-256", faces: "Faces",
    faces_yes: "looked for, too", faces_no: "not looked for: no model for them was there",
    at: "Picture at {0}", draw: "Draw a box over what must be masked; drag it to move it. With the keyboard: arrows move it, "
      + "Shift and arrows change its size, Enter adds it; or type its corners, in pixels of the recording.",
    x1: "left", y1: "top", x2: "right", y2: "bottom", from: "from (s)", to: "to (s)", add: "Add this mask",
    before: "← Earlier", after: "Later →", close: "Close", wrong_box: "Draw a box, or type its four corners.",
    wrong_time: "Give times within the recording (0 to {0} s), the end after the start.",
    done: "Added: {0}", change: "change",
    hand: "Hand it in to the application", handing: "Handing it in…", handed: "Handed in: an export of this case takes it up.",
    nobody: "No window of the application answers: open its evidence page in this browser, then hand it in again.",
    person: "person", object: "unnamed thing", bicycle: "bicycle", motorcycle: "motorcycle",
    car: "car", bus: "bus", truck: "truck", animal: "animal", bag: "bag",
  },
  fr: {
    title: "Vérification des masques",
    intro: "Regardez si chaque tête est couverte. Rien ne quitte cette page : elle ne charge et n'envoie rien. Vos "
      + "décisions vont dans un petit fichier, avec lequel la copie masquée est faite.",
    intro_given: "Regardez si chaque tête est couverte. Cette page ne charge rien et ne demande rien à aucun serveur. Vos "
      + "décisions sont remises à l'application, dans sa propre fenêtre ; un export les reprend.",
    masked: "Les images sont masquées, comme le sera la copie.",
    no_case: "Fait hors de tout dossier ; n'est pas une preuve.",
    unmasked: "NON MASQUÉ : les têtes sont visibles, pour ce motif : {0}. Les lignes jaunes montrent ce qui sera rempli.",
    places: "À regarder d'abord : {0}",
    places_hint: "Quelque chose y a été vu ou a bougé, sans masque dessus (en pointillé). Choisissez une image "
      + "pour en dessiner un.",
    places_none: "Aucun endroit de ce genre n'a été trouvé. Cela ne dit pas qu'il n'y en a pas.",
    masks: "Tous les masques : {0}",
    masks_hint: "Une ligne pour chaque chose suivie et masquée, les douteuses d'abord, avec la raison. Choisissez une "
      + "image pour la voir plus grande et ajouter un masque.",
    keep: "Retirer ce masque : laisser visible dans tout l'enregistrement",
    bare: "vu ou en mouvement, sans masque dessus", small: "le masque ne remplit pas toute la place de la tête",
    jump: "le masque saute", held: "pas vu pendant un moment : le masque est seulement maintenu",
    begins: "commence au milieu de l'image", ends: "finit au milieu de l'image", unsure: "le détecteur n'était pas sûr",
    more: "{0} de plus",
    left_places: "{0} autres endroits de ce genre ne sont pas montrés ici : vérifiez une partie à la fois, avec --from "
      + "et --to.",
    left_tracks: "{0} autres masques ne sont pas montrés ici : vérifiez une partie à la fois, avec --from et --to.",
    left_moments: "{0} autres moments douteux ne sont pas montrés en image entière.",
    left_pictures: "{0} images ont été omises pour que la page reste petite.",
    left_few: "Au plus {0} images de chaque masque sont montrées, et {1} images entières ; pas toutes les images.",
    decide: "Ce que vous avez décidé", kept_none: "Personne n'est laissé visible.", kept: "Laissés visibles : {0} ({1})",
    added_none: "Aucun masque n'a été ajouté.", added: "Masques ajoutés : {0}", remove: "enlever",
    reviewer: "Qui a regardé (votre nom) :", reason: "Pourquoi quelqu'un reste visible (requis dans ce cas seulement) :",
    need_reviewer: "Dites qui a regardé.", need_reason: "Dites pourquoi quelqu'un reste visible.",
    save: "Enregistrer la vérification", copy: "La copier", copied: "Copié.",
    json: "La vérification, telle qu'elle est enregistrée :",
    then: "Faites ensuite la copie masquée :",
    anonymous: "Masqué ne veut pas dire anonyme : les vêtements, la démarche et le lieu restent.",
    footage: "Enregistrement", stretch: "Vérifié", mask: "Masque", digest: "SHA-256", faces: "Visages",
    faces_yes: "cherchés aussi", faces_no: "pas cherchés : aucun modèle pour cela n'était là",
    at: "Image à {0}", draw: "Dessinez un cadre sur ce qui doit être masqué ; tirez-le pour le déplacer. Au clavier : les flèches "
      + "le déplacent, Maj et flèches changent sa taille, Entrée l'ajoute ; ou tapez ses coins, en pixels de "
      + "l'enregistrement.",
    x1: "gauche", y1: "haut", x2: "droite", y2: "bas", from: "de (s)", to: "à (s)", add: "Ajouter ce masque",
    before: "← Avant", after: "Après →", close: "Fermer", wrong_box: "Dessinez un cadre, ou tapez ses quatre coins.",
    wrong_time: "Donnez des temps dans l'enregistrement (0 à {0} s), la fin après le début.",
    done: "Ajouté : {0}", change: "modifier",
    hand: "La remettre à l'application", handing: "Remise en cours…",
    handed: "Remise : un export de ce dossier la reprend.",
    nobody: "Aucune fenêtre de l'application ne répond : ouvrez sa page des preuves dans ce navigateur, puis remettez-la "
      + "de nouveau.",
    person: "personne", object: "chose sans nom", bicycle: "vélo", motorcycle: "moto",
    car: "voiture", bus: "bus", truck: "camion", animal: "animal", bag: "sac",
  },
};
const $ = id => document.getElementById(id);
const data = JSON.parse($("data").textContent), [WIDE, HIGH] = data.size;
let language = navigator.language.toLowerCase().startsWith("fr") ? "fr" : "en";
const t = (code, ...names) => (WORDS[language][code] ?? code).replace(/\{(\d)\}/g, (_, i) => String(names[i]));
const clock = s => {
  const tenths = Math.round(s * 10), two = n => String(n).padStart(2, "0");
  return `${Math.floor(tenths / 36000)}:${two(Math.floor(tenths / 600) % 60)}:${two(Math.floor(tenths / 10) % 60)}`
    + `.${tenths % 10}`;
};
const span = (a, b) => b - a < 0.05 ? clock(a) : `${clock(a)}–${clock(b)}`;
const make = (name, kind, ...inside) => {
  const e = document.createElement(name);
  if (kind) e.className = kind;
  e.append(...inside);
  return e;
};
const round3 = x => Math.round(x * 1000) / 1000;

// --- what was decided: the page changes nothing else ------------------------------------------------------

const kept = new Set(), added = [];
let saved = true;

function review() {
  return { ...data.review, reviewer: $("reviewer").value.trim(), reason: $("reason").value.trim(),
    keep: data.masks.map(m => m.id).filter(id => kept.has(id)), add: added };
}
function lacks() {
  if (!$("reviewer").value.trim()) return ["need_reviewer", "reviewer"];
  if (kept.size && !$("reason").value.trim()) return ["need_reason", "reason"];
  return null;
}
function tell() {
  const lack = lacks();
  $("lacking").textContent = lack ? t(lack[0]) : "";
  $("json").value = lack ? "" : JSON.stringify(review(), null, 1) + "\n";
  $("copied").textContent = $("handed").textContent = "";
  $("kept").textContent = kept.size ? t("kept", kept.size, review().keep.join(", ")) : t("kept_none");
  $("added-name").textContent = added.length ? t("added", added.length) : t("added_none");
  $("added").replaceChildren(...added.map((one, k) => {
    const off = make("button", "", t("remove"));
    off.type = "button";
    off.setAttribute("aria-label", `${t("remove")}: ${describe(one)}`);
    off.addEventListener("click", () => { added.splice(k, 1); changed(); $("added-name").focus(); });
    const change = make("button", "", t("change"));
    change.type = "button";
    change.setAttribute("aria-label", `${t("change")}: ${describe(one)}`);
    change.addEventListener("click", () => edit(k));
    return make("li", "", describe(one) + " ", change, " ", off);
  }));
}
const describe = one => `${span(one.start, one.end)}, ${one.box.join(", ")}`;
function changed() { saved = false; tell(); }

// --- what is shown ----------------------------------------------------------------------------------------

const picture = n => "data:image/jpeg;base64," + $("p" + n).textContent;
const eyes = new IntersectionObserver(entries => {
  for (const { isIntersecting, target } of entries) if (isIntersecting) {
    target.src = picture(target.dataset.n);
    eyes.unobserve(target);
  }
}, { rootMargin: "800px" });

function laid([a, b, c, d], [x1, y1, x2, y2], kind) {  // a box over a picture of which the second box is shown
  const e = make("span", kind), part = (v, low, high) => Math.min(Math.max((v - low) / (high - low), 0), 1) * 100;
  e.style.left = `${part(a, x1, x2)}%`;
  e.style.top = `${part(b, y1, y2)}%`;
  e.style.width = `${part(c, x1, x2) - part(a, x1, x2)}%`;
  e.style.height = `${part(d, y1, y2) - part(b, y1, y2)}%`;
  return e;
}
const over = one => [...(one.seen ?? []).map(box => laid(box, one.box, "box seen")),
  ...(one.zones ?? []).map(box => laid(box, one.box, "box zone"))];
function shot(one, row, high) {  // a picture that can be chosen; row: those beside it
  const [x1, y1, x2, y2] = one.box, img = make("img");
  img.alt = "";
  img.dataset.n = one.n;
  img.height = Math.round(Math.min(high, 320 * (y2 - y1) / (x2 - x1)));
  img.width = Math.round(img.height * (x2 - x1) / (y2 - y1));
  eyes.observe(img);
  const frame = make("span", "frame", img, ...over(one));
  const e = make("button", one.why ? "shot risk" : "shot", frame, make("span", "", clock(one.time)));
  if (one.why) e.append(make("span", "word", t(one.why)));
  e.type = "button";
  e.style.width = `${Math.max(img.width, 84) + 14}px`;
  e.setAttribute("aria-label", t("at", clock(one.time)) + (one.why ? ": " + t(one.why) : ""));
  e.addEventListener("click", () => open(one, row));
  return make("li", "", e);
}
function reasons(risks) {
  const list = make("ul", "why", ...risks.slice(0, 5).map(r => make("li", "", `${t(r[0])} (${span(r[1], r[2])})`)));
  if (risks.length > 5) list.append(make("li", "", t("more", risks.length - 5)));
  return list;
}
function place(one) {
  const card = make("article", "card", make("h3", "", span(one.start, one.end)));
  card.append(make("ul", "strip still", ...one.shots.map(s => shot(s, one.shots, 180))));
  return card;
}
function mask(one) {
  const head = make("h3", "", `${t(one.label)} · ${span(one.start, one.end)} `, make("span", "id", one.id));
  const box = make("input"), card = make("article", "card mask", head);
  box.type = "checkbox";
  box.dataset.id = one.id;
  box.checked = kept.has(one.id);
  card.classList.toggle("kept", box.checked);
  box.addEventListener("change", () => {
    if (box.checked) kept.add(one.id); else kept.delete(one.id);
    card.classList.toggle("kept", box.checked);
    changed();
  });
  if (one.risks.length) card.append(reasons(one.risks));
  card.append(make("ul", "strip", ...one.shots.map(s => shot(s, one.shots, 120))));
  card.append(make("label", "tick", box, make("span", "", t("keep"))));
  card.setAttribute("aria-label", `${t(one.label)} ${span(one.start, one.end)}`);
  return card;
}
function facts() {
  const rows = [["footage", data.name], ["digest", data.review.footage.join(", ")],
    ["stretch", span(data.review.start, data.review.end)], ["mask", data.review.mask],
    ["faces", t(data.faces ? "faces_yes" : "faces_no")]];
  $("facts").replaceChildren(...rows.flatMap(([name, text]) => [make("dt", "", t(name)), make("dd", "", text)]));
}
function speak() {
  document.documentElement.lang = language;
  document.title = `Synopticon: ${t("title")}: ${data.name}`;
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = t(e.dataset.t);
  for (const b of document.querySelectorAll("[data-language]"))
    b.setAttribute("aria-pressed", String(b.dataset.language === language));
  $("mark").textContent = (data.unmasked ? t("unmasked", data.why) : t("masked")) + (data.inCase ? "" : " " + t("no_case"));
  $("mark").className = data.unmasked ? "bad" : "";
  $("places-name").textContent = t("places", data.places.length + data.left.places);
  $("masks-name").textContent = t("masks", data.masks.length + data.left.tracks);
  $("places").replaceChildren(...(data.places.length + data.left.places ? data.places.map(place) : [make("p", "", t("places_none"))]));
  $("masks").replaceChildren(...data.masks.map(mask));
  const left = ["places", "tracks", "moments", "pictures"].filter(k => data.left[k]).map(k => t("left_" + k, data.left[k]));
  $("left").replaceChildren(...[t("left_few", ...data.most), ...left].map(text => make("li", "", text)));
  $("command").textContent = data.command;
  facts();
  tell();
}

// --- one picture, large, to draw on -----------------------------------------------------------------------

const CORNERS = ["x1", "y1", "x2", "y2"];
let now = null, beside = [], draft = null, from = null, grip = null;  // grip: where a drawn box is held, and the box
let edited = -1;  // which of those added is being changed

function edit(k) {  // on the picture that is nearest to it in time, whole ones first
  const one = added[k], far = s => Math.max(one.start - s.time, s.time - one.end, 0);
  const row = [...data.places, ...data.masks].flatMap(of => of.shots);
  const [best] = row.toSorted((a, b) => far(a) - far(b) || held(one.box, b) - held(one.box, a));
  if (!best) return;
  open(best, [best]);
  set(one.box);
  $("from").value = one.start;
  $("to").value = one.end;
  edited = k;
}
function held([x1, y1, x2, y2], shown) {  // whether a picture shows all of a box
  const [a, b, c, d] = (shown.whole ?? shown).box;
  return a <= x1 && b <= y1 && x2 <= c && y2 <= d;
}
function open(one, row) {
  edited = -1;
  now = one.whole ? { ...one, ...one.whole } : one;  // where there is a whole picture of that moment, that
  beside = row;
  const [x1, y1, x2, y2] = now.box;
  $("zoom-name").textContent = t("at", clock(now.time));
  $("zoom-why").textContent = now.why ? t(now.why) : "";
  $("big").src = picture(now.n);
  $("stage").style.width = `min(100%, ${Math.round(innerHeight * 0.55 * (x2 - x1) / (y2 - y1))}px)`;
  let until = Math.max(now.until ?? now.time, now.time), since = Math.min(now.since ?? now.time, now.time);
  if (until - since > 2) until = since = now.time;  // a box does not follow what moves
  $("from").value = round3(Math.max(0, since - 0.5));
  $("to").value = round3(Math.min(data.duration, until + 0.5));
  $("zoom-told").textContent = "";
  const at = row.indexOf(one);
  $("before").disabled = at <= 0;
  $("after").disabled = at >= row.length - 1;
  $("before").onclick = () => open(row[at - 1], row);
  $("after").onclick = () => open(row[at + 1], row);
  set(null);
  if (!$("zoom").open) $("zoom").showModal();
  $("stage").focus();
}
function set(box) {  // the box that is being drawn, in pixels of the recording, whole and inside it
  draft = box && [Math.floor(box[0]), Math.floor(box[1]), Math.ceil(box[2]), Math.ceil(box[3])].map(
    (v, k) => Math.min(Math.max(v, 0), k % 2 ? HIGH : WIDE));
  CORNERS.forEach((id, k) => { $(id).value = draft ? draft[k] : ""; });
  show();
}
function show() {
  const boxes = over(now);
  for (const one of added) if (one.start <= now.time && now.time <= one.end) boxes.push(laid(one.box, now.box, "box"));
  if (draft) boxes.push(laid(draft, now.box, "box draft"));
  $("boxes").replaceChildren(...boxes);
}
function point(e) {
  const area = $("stage").getBoundingClientRect(), [x1, y1, x2, y2] = now.box;
  const share = (v, a, n) => Math.min(Math.max((v - a) / n, 0), 1);
  return [x1 + share(e.clientX, area.left, area.width) * (x2 - x1),
    y1 + share(e.clientY, area.top, area.height) * (y2 - y1)];
}
$("stage").addEventListener("pointerdown", e => {
  const [x, y] = point(e), inside = draft && x > draft[0] && x < draft[2] && y > draft[1] && y < draft[3];
  if (inside) grip = [x, y, draft]; else from = [x, y];
  $("stage").setPointerCapture(e.pointerId);
});
$("stage").addEventListener("pointermove", e => {
  const [x, y] = point(e);
  if (grip) moveTo(grip[2], Math.round(x - grip[0]), Math.round(y - grip[1]));
  if (!from) return;
  set([Math.min(x, from[0]), Math.min(y, from[1]), Math.max(x, from[0]), Math.max(y, from[1])]);
});
for (const end of ["pointerup", "pointercancel"]) $("stage").addEventListener(end, () => { from = grip = null; });
function moveTo([x1, y1, x2, y2], dx, dy) {  // as far as the picture goes
  dx = Math.min(Math.max(dx, -x1), WIDE - x2);
  dy = Math.min(Math.max(dy, -y1), HIGH - y2);
  set([x1 + dx, y1 + dy, x2 + dx, y2 + dy]);
}
$("stage").addEventListener("keydown", e => {
  if (e.key === "Enter") { e.preventDefault(); add(); return; }
  const way = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
  if (!way) return;
  e.preventDefault();
  const [x1, y1, x2, y2] = now.box, step = Math.max(1, Math.round((x2 - x1) / 50));
  const [dx, dy] = way.map(v => v * step);
  if (!draft) set([x1 + (x2 - x1) * 0.4, y1 + (y2 - y1) * 0.4, x1 + (x2 - x1) * 0.6, y1 + (y2 - y1) * 0.6]);
  else if (e.shiftKey) set([draft[0], draft[1], Math.max(draft[0] + 1, draft[2] + dx), Math.max(draft[1] + 1, draft[3] + dy)]);
  else moveTo(draft, dx, dy);
});
for (const id of CORNERS) $(id).addEventListener("input", () => {
  const typed = CORNERS.map(c => $(c).value === "" ? NaN : Math.round(Number($(c).value)));
  draft = typed.every(Number.isFinite) ? typed : null;
  show();
});
function add() {
  const [x1, y1, x2, y2] = draft ?? [], start = Number($("from").value), end = Number($("to").value);
  if (!draft || !(x1 >= 0 && y1 >= 0 && x1 < x2 && y1 < y2 && x2 <= WIDE && y2 <= HIGH)) {
    $("zoom-told").textContent = t("wrong_box");
    return;
  }
  if ($("from").value === "" || $("to").value === "" || !(start >= 0 && start < end && end <= data.duration)) {
    $("zoom-told").textContent = t("wrong_time", data.duration);
    return;
  }
  const one = { start: round3(start), end: round3(end), box: draft };
  if (edited >= 0) added[edited] = one; else added.push(one);
  edited = -1;
  changed();
  set(null);
  $("zoom-told").textContent = t("done", describe(one));
}
$("add").addEventListener("click", add);
$("close").addEventListener("click", () => $("zoom").close());

// --- the file ---------------------------------------------------------------------------------------------

function ready() {
  const lack = lacks();
  if (lack) $(lack[1]).focus();
  return !lack;
}
$("save").addEventListener("click", () => {
  if (!ready()) return;
  const link = make("a");
  link.href = URL.createObjectURL(new Blob([$("json").value], { type: "application/json" }));
  link.download = data.file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10000);
  saved = true;
});
$("copy").addEventListener("click", async () => {
  if (!ready()) return;
  try {
    await navigator.clipboard.writeText($("json").value);
    $("copied").textContent = t("copied");
    saved = true;
  } catch {
    $("json").focus();
    $("json").select();
  }
});

// --- to the application, where it gave this page: through a channel between windows of this browser ---------

const channel = data.command ? null : new BroadcastChannel("synopticon-masks");
let waiting = 0;
function hand() {
  if (!ready()) return;
  $("handed").textContent = t("handing");
  clearTimeout(waiting);
  waiting = setTimeout(() => { $("handed").textContent = t("nobody"); }, 5000);
  channel.postMessage({ from: location.pathname, file: $("json").value });
}
function answered({ data: said }) {
  if (said.to !== location.pathname) return;
  if (said.review && saved && !added.length && !kept.size) {  // what was decided here before
    said.review.keep.forEach(id => { kept.add(id); });
    added.push(...said.review.add);
    $("reason").value = said.review.reason;
    speak();
  }
  if (said.handed === undefined) return;
  clearTimeout(waiting);
  saved = said.handed;
  $("handed").textContent = said.handed ? t("handed") : said.says;
}
if (channel) {
  document.body.classList.add("given");
  document.querySelector("[data-t=intro]").dataset.t = "intro_given";
  channel.addEventListener("message", answered);
  $("hand").addEventListener("click", hand);
  $("reviewer").value = data.review.reviewer;
  $("reviewer").readOnly = true;  // whoever is signed in
  speak();
  channel.postMessage({ from: location.pathname });
}
for (const id of ["reviewer", "reason"]) $(id).addEventListener("input", tell);
for (const b of document.querySelectorAll("[data-language]"))
  b.addEventListener("click", () => { language = b.dataset.language; speak(); });
addEventListener("beforeunload", e => { if (!saved) e.preventDefault(); });
$("added-name").tabIndex = -1;
if (!channel) speak();
})();

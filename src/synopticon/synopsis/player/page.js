"use strict";
(() => {
  const data = JSON.parse(document.getElementById("data").textContent);
  const $ = (id) => document.getElementById(id);
  const french = (navigator.languages?.[0] || navigator.language || "en").toLowerCase().startsWith("fr");
  const words = french ? {
    synopsis: "Synopsis", outlines: "Contours", original: "Fichier d’origine", inFile: "Instant dans le fichier",
    local: "Heure locale", seen: "Visible", copy: "Copier fichier et instant", again: "Depuis son début",
    when: "D’où viennent les objets", gap: "non vu", copied: "Copié", notCopied: "Copie impossible : sélectionnez le texte",
    play: "Lire", pause: "Pause", seek: "Position dans la synopsis", speed: "Vitesse", close: "Fermer l’extrait", all: "Tous",
    objects: (n) => (n === 1 ? "1 objet" : `${n} objets`), more: (n) => `… et ${n} autres : filtrez par classe`,
    left: (n) => (n === 1 ? "1 objet trouvé mais non montré" : `${n} objets trouvés mais non montrés`),
    masked: "Copie de travail, têtes masquées", clear: "Copie de travail NON MASQUÉE", source: "Fichier d’origine, non masqué",
    noClip: "Aucun extrait pour ce moment. Ouvrez le fichier d’origine à l’instant indiqué.",
    broken: (n) => `La vidéo ne peut être lue : ${n} doit rester à côté de cette page.`,
    facts: (a, b, n) => `${a} d’enregistrement en ${b} · ${n}`, unseen: (p) => ` · ${p} % vus`, synthetic: "Image de synthèse", unmasked: "NON MASQUÉ",
    notice: "Image de synthèse : les objets sont montrés ensemble, hors de leur ordre. Seul l’original fait foi.",
    noCase: "Réalisée hors de tout dossier ; ne constitue pas une preuve.",
    axis: (n, g) => `Frise de la source : ${n}, ${g} interruption(s)`, object: "Montrer l’origine",
    keys: [["Espace", "lecture"], ["← →", "1 s"], ["n / p", "objet suivant, précédent"], ["Entrée", "origine"], ["Échap", "fermer"]],
    gaps: { damaged: "endommagé", jump: "saut d’horloge", truncated: "fichier tronqué", missing: "rien d’enregistré",
      unreadable: "illisible", skipped: "passé", "not analysed": "pas analysé" },
    kinds: { object: "objet", person: "personne", bicycle: "vélo", motorcycle: "moto", car: "voiture", bus: "bus",
      truck: "camion", train: "train", boat: "bateau", animal: "animal", bag: "sac" },
  } : {
    synopsis: "Synopsis", outlines: "Outlines", original: "Original file", inFile: "Time in the file",
    local: "Local time", seen: "In view", copy: "Copy file and time", again: "From its beginning",
    when: "Where the objects come from", gap: "not seen", copied: "Copied", notCopied: "Cannot copy: select the text instead",
    play: "Play", pause: "Pause", seek: "Position in the synopsis", speed: "Speed", close: "Close the context", all: "All",
    objects: (n) => (n === 1 ? "1 object" : `${n} objects`), more: (n) => `… and ${n} more: filter by class`,
    left: (n) => (n === 1 ? "1 object found but not shown" : `${n} objects found but not shown`),
    masked: "Working copy, heads masked", clear: "UNMASKED working copy", source: "Original file, not masked",
    noClip: "There is no clip of this moment. Open the original file at the time below.",
    broken: (n) => `The video cannot be played: keep ${n} beside this page.`,
    facts: (a, b, n) => `${a} of footage in ${b} · ${n}`, unseen: (p) => ` · ${p} % of it seen`, synthetic: "Synthetic picture", unmasked: "UNMASKED",
    notice: "Synthetic picture: objects are shown together, out of their order. Only the original is the record.",
    noCase: "Made outside any case; not evidence.",
    axis: (n, g) => `Timeline of the source: ${n}, ${g} gap(s)`, object: "Show the source",
    keys: [["Space", "play"], ["← →", "1 s"], ["n / p", "next, previous object"], ["Enter", "source"], ["Esc", "close"]],
    gaps: {}, kinds: {},
  };
  const kindName = (kind) => (words.kinds[kind] || kind).replace(/^./, (c) => c.toUpperCase());
  const kindOf = (o) => kindName(o.kind);
  const hue = { person: "person", bicycle: "two", motorcycle: "two", car: "vehicle", bus: "vehicle", truck: "vehicle",
    train: "vehicle", boat: "vehicle", animal: "animal", bag: "bag" };
  const colour = (kind) => getComputedStyle(document.documentElement).getPropertyValue(`--c-${hue[kind] || "object"}`).trim();

  // ---- times ------------------------------------------------------------------------------------------
  const two = (n) => String(n).padStart(2, "0");
  const span = (s, digits = 0) => {
    const unit = 10 ** digits, whole = Math.floor(Math.max(0, s) * unit + 1e-6), sec = Math.floor(whole / unit);
    const rest = digits ? "." + String(whole % unit).padStart(digits, "0") : "";
    return `${Math.floor(sec / 3600)}:${two(Math.floor(sec / 60) % 60)}:${two(sec % 60)}${rest}`;
  };
  const short = (s) => (s >= 3600 ? span(s) : span(s).slice(2));
  const localOf = (file, t) => (data.files[file].epoch === null ? null : data.files[file].epoch + t - data.files[file].offset);
  const wall = (seconds, dated) => {
    const d = new Date(seconds * 1000), clock = `${two(d.getUTCHours())}:${two(d.getUTCMinutes())}:${two(d.getUTCSeconds())}`;
    return dated ? `${d.getUTCFullYear()}-${two(d.getUTCMonth() + 1)}-${two(d.getUTCDate())} ${clock}` : clock;
  };
  const when = (file, t, dated = data.dated) => { const at = localOf(file, t); return at === null ? span(t) : wall(at, dated); };
  const fileAt = (t) => { let at = 0; data.files.forEach((f, i) => { if (f.offset <= t + 1e-6 && !f.error) at = i; }); return at; };

  // ---- objects ----------------------------------------------------------------------------------------
  const step = data.step;
  const objects = data.objects.map(([id, kind, first, count, file, start, end, packed], index) =>
    ({ id, kind: data.kinds[kind], first, count, file, start, end, packed, index, rows: null }));
  const longest = objects.reduce((n, o) => Math.max(n, o.count), 0);
  function rowsOf(o) { // rows of [frame of the object, x1, y1, x2, y2, source time], every `step` frames and the last
    if (o.rows) return o.rows;
    const bytes = Uint8Array.from(atob(o.packed), (c) => c.charCodeAt(0)), view = new DataView(bytes.buffer);
    const n = bytes.length / 12;
    o.rows = Array.from({ length: n }, (_, i) => [Math.min(i * step, o.count - 1),
      ...[0, 2, 4, 6].map((b) => view.getInt16(i * 12 + b, true)), o.start + view.getUint32(i * 12 + 8, true) / 1000]);
    return o.rows;
  }
  function between(a, b, share) { return a.map((v, i) => v + (b[i] - v) * share); }
  function at(o, frame) { // the row of this synopsis frame
    const rows = rowsOf(o), k = Math.min(Math.max(frame - o.first, 0), o.count - 1);
    const i = Math.min(Math.floor(k / step), rows.length - 1), a = rows[i], b = rows[Math.min(i + 1, rows.length - 1)];
    return between(a, b, b[0] > a[0] ? (k - a[0]) / (b[0] - a[0]) : 0);
  }
  function atTime(o, t) { // the row of this source time, or null when the object is not there
    const rows = rowsOf(o);
    if (t < rows[0][5] - 0.02 || t > rows[rows.length - 1][5] + 0.15) return null;
    let i = 0;
    while (i < rows.length - 2 && rows[i + 1][5] <= t) i += 1;
    const a = rows[i], b = rows[Math.min(i + 1, rows.length - 1)];
    return between(a, b, b[5] > a[5] ? Math.min(1, Math.max(0, (t - a[5]) / (b[5] - a[5]))) : 0);
  }
  function shownAt(frame) { // objects come in the order they begin
    let low = 0, high = objects.length;
    while (low < high) { const mid = (low + high) >> 1; if (objects[mid].first < frame - longest) low = mid + 1; else high = mid; }
    const out = [];
    for (let i = low; i < objects.length && objects[i].first <= frame; i += 1) if (frame < objects[i].first + objects[i].count) out.push(objects[i]);
    return out;
  }
  function hit(x, y, frame, slack) { // the nearest to the camera whose box holds the point
    let best = null, bottom = -1;
    for (const o of shownAt(frame)) {
      const r = at(o, frame);
      if (x >= r[1] - slack && x <= r[3] + slack && y >= r[2] - slack && y <= r[4] + slack && r[4] > bottom) { best = o; bottom = r[4]; }
    }
    return best;
  }

  // ---- synopsis ---------------------------------------------------------------------------------------
  const film = $("film"), stage = $("stage"), clip = $("clip"), fps = data.rate[0] / data.rate[1];
  const state = { frame: 0, hover: null, selected: null, open: null, moment: 0, outlines: false, clip: -1, resume: false, pointer: null };
  document.documentElement.style.setProperty("--shape", data.width / data.height);
  film.src = data.video;
  film.addEventListener("error", () => { $("broken").textContent = words.broken(data.name); $("broken").hidden = false; });
  const seek = $("seek");
  seek.max = data.frames - 1;
  function goTo(frame) {
    const target = Math.min(Math.max(Math.round(frame), 0), data.frames - 1);
    film.currentTime = (target + 0.25) / fps;
    setFrame(target);
  }
  function setFrame(frame) {
    state.frame = Math.min(Math.max(frame, 0), data.frames - 1);
    if (document.activeElement !== seek || !film.paused) seek.value = state.frame;
    seek.setAttribute("aria-valuetext", short(state.frame / fps));
    $("clock").textContent = `${short(state.frame / fps)} / ${short(data.frames / fps)}`;
    if (state.pointer) point(state.pointer); else draw();
    markNow();
  }
  function watch(_, meta) {
    setFrame(Math.round(meta.mediaTime * fps));
    film.requestVideoFrameCallback(watch);
  }
  if (film.requestVideoFrameCallback) film.requestVideoFrameCallback(watch);
  else film.addEventListener("timeupdate", () => setFrame(Math.floor(film.currentTime * fps + 1e-3)));
  const icon = { play: "M3 1.5v13l11-6.5z", pause: "M3 2h4v12H3zM9 2h4v12H9z" };
  function showPlay() {
    const name = film.paused ? "play" : "pause", svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
    const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
    svg.setAttribute("viewBox", "0 0 16 16"); svg.setAttribute("aria-hidden", "true"); path.setAttribute("d", icon[name]);
    svg.append(path); $("play").replaceChildren(svg); $("play").setAttribute("aria-label", words[name]); $("play").title = words[name];
  }
  const start = (video) => video.play().catch(() => {}); // a play that a pause interrupts is no error
  const toggle = (video) => (video.paused ? start(video) : video.pause());
  for (const event of ["play", "pause", "ended"]) film.addEventListener(event, showPlay);
  $("play").addEventListener("click", () => toggle(film));
  seek.addEventListener("input", () => goTo(Number(seek.value)));
  const speeds = [1, 1.5, 2, 4, 0.5];
  $("speed").addEventListener("click", () => {
    film.playbackRate = speeds[(speeds.indexOf(film.playbackRate) + 1) % speeds.length];
    $("speed").textContent = `${film.playbackRate}×`;
  });
  $("outlines").addEventListener("click", () => {
    state.outlines = !state.outlines; $("outlines").setAttribute("aria-pressed", state.outlines); draw();
  });

  function sheet(canvas) { // a canvas in synopsis pixels, sharp on any screen
    const { width, height } = canvas.getBoundingClientRect(), dense = window.devicePixelRatio || 1;
    const w = Math.round(width * dense), h = Math.round(height * dense);
    if (canvas.width !== w || canvas.height !== h) { canvas.width = w; canvas.height = h; }
    const pen = canvas.getContext("2d");
    pen.setTransform(1, 0, 0, 1, 0, 0); pen.clearRect(0, 0, w, h);
    return [pen, w / data.width, h / data.height, dense];
  }
  function outline(pen, sx, sy, dense, row, shade, wide) {
    const x = row[1] * sx, y = row[2] * sy, w = (row[3] - row[1]) * sx, h = (row[4] - row[2]) * sy;
    pen.lineJoin = "round";
    pen.strokeStyle = "rgb(0 0 0 / 55%)"; pen.lineWidth = (wide + 2) * dense; pen.strokeRect(x, y, w, h);
    pen.strokeStyle = shade; pen.lineWidth = wide * dense; pen.strokeRect(x, y, w, h);
  }
  const bright = (kind) => ({ person: "#78a9ff", two: "#3ecfa6", vehicle: "#ff9a62", animal: "#b794f6", bag: "#ff7eb6" }[hue[kind]] || "#d5dae1");
  function draw() {
    const [pen, sx, sy, dense] = sheet($("boxes"));
    for (const o of shownAt(state.frame)) {
      const strong = o === state.hover || o === state.selected;
      if (strong || state.outlines) outline(pen, sx, sy, dense, at(o, state.frame), o === state.selected ? "#ffffff" : bright(o.kind), strong ? 2 : 1);
    }
    drawLine();
  }
  function label(o, t) {
    const name = document.createElement("b");
    name.textContent = kindOf(o);
    return [name, ` ${when(o.file, t)} · ${data.files[o.file].name.split("/").pop()} ${span(t - data.files[o.file].offset)}`];
  }
  function putTip(tip, x, y, room) {
    tip.hidden = false;
    const { width, height } = tip.getBoundingClientRect();
    tip.style.left = `${Math.min(Math.max(4, x - width / 2), Math.max(4, room - width - 4))}px`;
    tip.style.top = `${y - height - 8 < 0 ? y + 18 : y - height - 8}px`;
  }
  function point(event) {
    const area = stage.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * data.width, y = ((event.clientY - area.top) / area.height) * data.height;
    state.hover = hit(x, y, state.frame, (event.pointerType === "touch" ? 14 : 4) * (data.width / area.width));
    stage.classList.toggle("hit", Boolean(state.hover));
    if (state.hover) {
      const row = at(state.hover, state.frame);
      $("tip").replaceChildren(...label(state.hover, row[5]));
      putTip($("tip"), ((row[1] + row[3]) / 2 / data.width) * area.width, (row[2] / data.height) * area.height, area.width);
    } else $("tip").hidden = true;
    draw();
  }
  stage.addEventListener("pointermove", (event) => { state.pointer = event; point(event); });
  stage.addEventListener("pointerleave", () => { state.pointer = state.hover = null; stage.classList.remove("hit"); $("tip").hidden = true; draw(); });
  stage.addEventListener("click", (event) => {
    point(event);
    if (state.hover) open(state.hover, at(state.hover, state.frame)[5]);
    else toggle(film);
  });

  // ---- context ----------------------------------------------------------------------------------------
  const before = 3, after = 2;
  const clipFor = (t, o) => {
    const holds = data.clips.findIndex((c) => c.start <= t + 1e-3 && t < c.end - 0.05);
    return holds >= 0 ? holds : data.clips.findIndex((c) => c.end > t && c.start <= o.end);
  };
  const clipTime = () => (state.clip < 0 ? 0 : data.clips[state.clip].start + clip.currentTime - data.clips[state.clip].at);
  function load(index, t) {
    const c = data.clips[index], target = c.at + Math.min(Math.max(t, c.start), c.end) - c.start;
    const ready = () => { clip.currentTime = Math.max(0, target); start(clip); };
    $("kind").textContent = c.original ? words.source : data.unmasked ? words.clear : words.masked;
    if (state.clip === index && clip.readyState > 0) { ready(); return; }
    state.clip = index;
    clip.addEventListener("loadedmetadata", ready, { once: true });
    clip.src = c.url;
  }
  function open(o, moment = o.start) {
    if (!state.open && !film.paused) { state.resume = true; }
    film.pause();
    select(o);
    state.pointer = state.hover = null; $("tip").hidden = true;
    state.open = o; state.moment = moment;
    const file = data.files[o.file];
    $("context-name").textContent = `${kindOf(o)} · ${when(o.file, o.start)}`;
    $("file").textContent = file.name;
    $("in-file").textContent = span(moment - file.offset, 3);
    const local = localOf(o.file, moment);
    $("local-row").hidden = local === null;
    if (local !== null) $("local").textContent = `${wall(local, true)}${file.zone ? ` (${file.zone})` : ""}`;
    $("seen").textContent = `${when(o.file, o.start)} – ${when(o.file, o.end)} (${short(o.end - o.start)})`;
    $("copied").textContent = "";
    $("context").hidden = false;
    document.querySelector(".page").classList.add("open");
    playFrom(moment);
    $("context").scrollIntoView({ block: "nearest" });
    draw();
  }
  function playFrom(moment) {
    const t = Math.max(0, moment - before), index = clipFor(t, state.open);
    $("no-clip").hidden = index >= 0;
    if (index >= 0) load(index, t);
    else { clip.removeAttribute("src"); clip.load(); state.clip = -1; $("kind").textContent = ""; $("no-clip").textContent = words.noClip; }
  }
  function close() {
    if (!state.open) return;
    state.open = null; clip.pause(); $("context").hidden = true;
    document.querySelector(".page").classList.remove("open");
    if (state.resume) start(film);
    state.resume = false;
    draw();
  }
  function goOn() { // into the next clip when it follows at once
    const next = state.clip + 1, c = data.clips[state.clip];
    if (state.open && next < data.clips.length && data.clips[next].start - c.end < 0.5 && clipTime() < state.open.end + after) load(next, data.clips[next].start);
  }
  function drawClip() {
    const [pen, sx, sy, dense] = sheet($("clip-boxes"));
    if (!state.open || state.clip < 0) return;
    const t = clipTime(), row = atTime(state.open, t);
    if (row) outline(pen, sx, sy, dense, row, "#ffffff", 2);
    if (!clip.paused && t > state.open.end + after) clip.pause();
    drawLine();
  }
  function followClip(_, meta) { drawClip(meta); clip.requestVideoFrameCallback(followClip); }
  if (clip.requestVideoFrameCallback) clip.requestVideoFrameCallback(followClip);
  clip.addEventListener("timeupdate", () => {
    const c = data.clips[state.clip];
    if (c && c.original && clipTime() > c.end) goOn();
    drawClip();
  });
  clip.addEventListener("seeked", drawClip);
  clip.addEventListener("ended", goOn);
  clip.addEventListener("error", () => {
    if (state.clip < 0 || !clip.getAttribute("src")) return;
    $("no-clip").textContent = words.broken(decodeURIComponent(data.clips[state.clip].url)); $("no-clip").hidden = false;
  });
  $("close").addEventListener("click", close);
  $("again").addEventListener("click", () => playFrom(state.open.start));
  $("copy").addEventListener("click", async () => {
    const o = state.open, file = data.files[o.file], text = `${file.name} ${span(state.moment - file.offset, 3)}`;
    const local = localOf(o.file, state.moment), line = local === null ? text : `${text} (${wall(local, true)})`;
    $("copied").textContent = (await put(line)) ? words.copied : words.notCopied;
  });
  async function put(text) {
    try { await navigator.clipboard.writeText(text); return true; } catch { /* the old way below */ }
    const field = document.createElement("textarea");
    field.value = text; document.body.append(field); field.select();
    const done = document.execCommand("copy");
    field.remove();
    return done;
  }

  // ---- list -------------------------------------------------------------------------------------------
  const most = 2000, list = $("list"), order = [...objects].sort((a, b) => a.start - b.start || a.first - b.first);
  let kind = null, items = new Map(), lit = new Set();
  const wanted = () => order.filter((o) => !kind || o.kind === kind);
  function part(tag, className, text) { const e = document.createElement(tag); e.className = className; if (text !== undefined) e.textContent = text; return e; }
  function row(shade, name, time, long) {
    const dot = part("span", "dot"), text = part("span", "name", name);
    dot.style.background = shade; dot.style.color = shade;
    text.append(part("span", "time", time));
    return [dot, text, part("span", "long", long)];
  }
  function fillList() {
    const some = wanted();
    items = new Map(); lit = new Set();
    list.classList.toggle("long", some.length > 200);
    list.replaceChildren(...some.slice(0, most).map((o) => {
      const li = document.createElement("li"), button = part("button", "item");
      button.type = "button"; button.dataset.id = o.id;
      button.append(...row(colour(o.kind), kindOf(o), when(o.file, o.start), short(o.end - o.start)));
      button.setAttribute("aria-label", `${words.object}: ${kindOf(o)} ${when(o.file, o.start)}`);
      button.addEventListener("click", () => { goTo(middle(o)); open(o); });
      li.append(button); items.set(o.index, button);
      return li;
    }));
    $("more").hidden = some.length <= most; $("more").textContent = words.more(some.length - most);
    $("objects-name").textContent = words.objects(some.length);
    for (const chip of $("chips").children) chip.setAttribute("aria-pressed", (chip.dataset.kind || null) === kind);
    markNow();
  }
  const middle = (o) => o.first + Math.min(Math.floor(o.count / 3), Math.round(fps));
  function markNow() {
    const now = new Set(shownAt(state.frame).map((o) => o.index));
    for (const i of lit) if (!now.has(i)) items.get(i)?.classList.remove("now");
    for (const i of now) if (!lit.has(i)) items.get(i)?.classList.add("now");
    lit = now;
  }
  function select(o) {
    if (state.selected) items.get(state.selected.index)?.removeAttribute("aria-current");
    state.selected = o;
    const item = items.get(o.index);
    if (item) {
      item.setAttribute("aria-current", "true");
      const room = list.getBoundingClientRect(), place = item.getBoundingClientRect();
      if (place.top < room.top || place.bottom > room.bottom) list.scrollTop += place.top - room.top - room.height / 3;
    }
  }
  function step_(by) {
    const some = wanted();
    if (!some.length) return;
    const i = some.indexOf(state.selected);
    const o = some[(i < 0 ? (by > 0 ? 0 : some.length - 1) : i + by + some.length) % some.length];
    film.pause();
    select(o); goTo(middle(o));
    if (state.open) open(o);
  }
  const counts = new Map();
  for (const o of objects) counts.set(o.kind, (counts.get(o.kind) || 0) + 1);
  function makeChips() {
    const kinds = [...counts.keys()].sort((a, b) => counts.get(b) - counts.get(a));
    if (kinds.length < 2) return;
    for (const k of [null, ...kinds]) {
      const chip = part("button", "chip", k ? `${kindName(k)} ${counts.get(k)}` : words.all);
      chip.type = "button"; chip.dataset.kind = k || "";
      chip.addEventListener("click", () => { kind = k; fillList(); drawLine(); });
      $("chips").append(chip);
    }
  }

  // ---- timeline ---------------------------------------------------------------------------------------
  const line = $("timeline"), ends = [], steps = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10800, 21600, 43200, 86400];
  for (const o of order) {
    let lane = ends.findIndex((end) => end <= o.start);
    if (lane < 0) { lane = ends.length < 14 ? ends.length : o.index % 14; }
    ends[lane] = Math.max(ends[lane] || 0, o.end + data.duration / 400); o.lane = lane;
  }
  const axis = 22, lanes = Math.max(ends.length, 4), high = Math.max(6, Math.min(14, Math.floor(120 / lanes)));
  line.style.height = `${lanes * high + axis + 6}px`;
  line.setAttribute("aria-label", words.axis(words.objects(objects.length), data.gaps.length));
  const view = { from: 0, to: Math.max(data.duration, 0.001) };
  const xOf = (t, width) => ((t - view.from) / (view.to - view.from)) * width;
  function hatch(pen, x, y, w, h, shade) {
    pen.save(); pen.beginPath(); pen.rect(x, y, w, h); pen.clip();
    pen.strokeStyle = shade; pen.lineWidth = 1; pen.globalAlpha = 0.55;
    for (let i = x - h; i < x + w; i += 5) { pen.beginPath(); pen.moveTo(i, y + h); pen.lineTo(i + h, y); pen.stroke(); }
    pen.restore();
  }
  function ticks(pen, width, bottom, look) {
    const size = steps.find((s) => (s / (view.to - view.from)) * width > 86) || 86400;
    pen.font = "11px system-ui, sans-serif"; pen.textAlign = "center";
    const shift = data.files.length && localOf(0, 0) !== null ? localOf(0, 0) : 0;
    for (let t = Math.ceil((view.from + shift) / size) * size - shift; t <= view.to; t += size) {
      const x = xOf(t, width), text = when(fileAt(t), t, false);
      pen.fillStyle = look.line; pen.fillRect(x, 0, 1, bottom);
      if (x > 24 && x < width - 24) { pen.fillStyle = look.soft; pen.fillText(size >= 60 && localOf(0, 0) !== null ? text.slice(0, 5) : text, x, bottom + 15); }
    }
  }
  function drawLine() {
    const { width, height } = line.getBoundingClientRect(), dense = window.devicePixelRatio || 1;
    if (!width) return;
    if (line.width !== Math.round(width * dense) || line.height !== Math.round(height * dense)) { line.width = Math.round(width * dense); line.height = Math.round(height * dense); }
    const pen = line.getContext("2d"), css = getComputedStyle(document.documentElement), bottom = height - axis;
    const look = { line: css.getPropertyValue("--line"), soft: css.getPropertyValue("--soft"), ink: css.getPropertyValue("--ink") };
    pen.setTransform(dense, 0, 0, dense, 0, 0); pen.clearRect(0, 0, width, height);
    ticks(pen, width, bottom, look);
    for (const [from, to] of data.gaps) hatch(pen, xOf(from, width), 0, Math.max(2, xOf(to, width) - xOf(from, width)), bottom, look.soft);
    const now = new Set(shownAt(state.frame).map((o) => o.index)), shades = {};
    for (const o of order) {
      if (o.end < view.from || o.start > view.to) continue;
      shades[o.kind] ??= colour(o.kind);
      const x = xOf(o.start, width), w = Math.max(2, xOf(o.end, width) - x), y = 4 + o.lane * high;
      pen.globalAlpha = kind && o.kind !== kind ? 0.1 : now.has(o.index) || o === state.selected ? 1 : 0.38;
      pen.fillStyle = shades[o.kind]; pen.beginPath(); pen.roundRect(x, y, w, high - 3, 2); pen.fill();
      pen.globalAlpha = 1;
      if (o === state.selected) { pen.strokeStyle = look.ink; pen.lineWidth = 1.5; pen.strokeRect(x - 1.5, y - 1.5, w + 3, high); }
      if (now.has(o.index)) { pen.fillStyle = look.ink; pen.fillRect(xOf(at(o, state.frame)[5], width) - 1, y - 1, 2, high - 1); }
    }
    if (state.open && state.clip >= 0) { pen.fillStyle = css.getPropertyValue("--accent"); pen.fillRect(xOf(clipTime(), width) - 1, 0, 2, bottom); }
    pen.fillStyle = look.line; pen.fillRect(0, bottom, width, 1);
  }
  function lineHit(event) {
    const area = line.getBoundingClientRect(), x = event.clientX - area.left, y = event.clientY - area.top;
    let best = null, least = 8;
    for (const o of order) {
      if (kind && o.kind !== kind) continue;
      const left = xOf(o.start, area.width), right = Math.max(left + 2, xOf(o.end, area.width)), top = 4 + o.lane * high;
      const far = Math.max(left - x, x - right, 0) + Math.max(top - y, y - top - high, 0);
      if (far < least) { best = o; least = far; }
    }
    return [best, x, area];
  }
  function onLine(event) {
    const [o, x, area] = lineHit(event), t = view.from + (x / area.width) * (view.to - view.from);
    const gap = data.gaps.find(([from, to]) => from <= t && t <= to), tip = $("line-tip");
    if (o) tip.replaceChildren(...label(o, o.start));
    else if (gap) tip.textContent = `${words.gap}: ${words.gaps[gap[2]] || gap[2]} (${short(gap[1] - gap[0])})`;
    else { tip.hidden = true; return; }
    putTip(tip, x, 0, area.width);
    tip.style.top = `${-tip.getBoundingClientRect().height - 4}px`;
  }
  line.addEventListener("pointermove", onLine);
  line.addEventListener("pointerleave", () => { $("line-tip").hidden = true; });
  line.addEventListener("click", (event) => { const [o] = lineHit(event); if (o) { goTo(middle(o)); open(o); } });
  line.addEventListener("wheel", (event) => { // zoom around the pointer
    if (!event.ctrlKey && Math.abs(event.deltaX) <= Math.abs(event.deltaY) && !event.shiftKey) return;
    event.preventDefault();
    const area = line.getBoundingClientRect(), size = view.to - view.from, by = event.ctrlKey ? Math.exp(event.deltaY / 200) : 1;
    const share = (event.clientX - area.left) / area.width, next = Math.min(data.duration, Math.max(2, size * by));
    const pan = event.ctrlKey ? 0 : ((event.deltaX || event.deltaY) / area.width) * size;
    const from = view.from + share * (size - next) + pan;
    view.from = Math.min(Math.max(0, from), Math.max(0, data.duration - next)); view.to = view.from + next;
    drawLine();
  }, { passive: false });
  line.addEventListener("dblclick", () => { view.from = 0; view.to = data.duration; drawLine(); });

  // ---- keyboard ---------------------------------------------------------------------------------------
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    const on = document.activeElement, inButton = on?.tagName === "BUTTON" || on?.tagName === "SUMMARY";
    const video = state.open ? clip : film, by = event.shiftKey ? 5 : 1;
    const acts = {
      " ": () => toggle(video), n: () => step_(1), p: () => step_(-1), Escape: close,
      ArrowRight: () => (state.open ? (clip.currentTime += by) : goTo(state.frame + by * fps)),
      ArrowLeft: () => (state.open ? (clip.currentTime -= by) : goTo(state.frame - by * fps)),
      Enter: () => { if (state.selected) open(state.selected); },
    };
    const act = acts[event.key];
    if (!act || ((event.key === " " || event.key === "Enter") && inButton)) return;
    if (event.key.startsWith("Arrow") && on === seek) return;
    event.preventDefault();
    act();
  });

  // ---- words ------------------------------------------------------------------------------------------
  document.documentElement.lang = french ? "fr" : "en";
  for (const e of document.querySelectorAll("[data-t]")) e.textContent = words[e.dataset.t];
  $("title").textContent = data.title;
  $("facts").textContent = words.facts(span(data.duration), short(data.frames / fps), words.objects(objects.length))
    + (data.seen < 1 ? words.unseen((Math.floor(data.seen * 1000) / 10).toString()) : "");
  $("badges").append(part("span", "badge", words.synthetic));
  if (data.unmasked) { $("badges").append(part("span", "badge alarm", words.unmasked)); $("badges").title = data.reason; }
  $("notice").textContent = data.inCase ? words.notice : `${words.notice} ${words.noCase}`;
  $("keys").append(...words.keys.flatMap(([key, what]) => [part("kbd", "", key), ` ${what}  `]));
  seek.setAttribute("aria-label", words.seek); $("speed").setAttribute("aria-label", words.speed);
  $("close").setAttribute("aria-label", words.close); film.setAttribute("aria-label", words.synopsis);
  for (const k of counts.keys()) {
    const mark = document.createElement("i"), item = part("span", "");
    mark.style.background = colour(k); item.append(mark, kindName(k)); $("legend").append(item);
  }
  if (data.gaps.length) { const item = part("span", ""); item.append(part("i", "gap"), words.gap); $("legend").append(item); }
  if (data.left.length) {
    $("left").hidden = false; $("left-name").textContent = words.left(data.leftCount);
    $("left-list").append(...data.left.map(([k, file, from, to, reason]) => {
      const li = document.createElement("li"), box = part("div", "item");
      box.append(...row(colour(data.kinds[k]), kindName(data.kinds[k]), file < 0 ? span(from) : when(file, from), reason));
      li.append(box); return li;
    }));
  }
  makeChips(); fillList(); showPlay(); setFrame(0);
  new ResizeObserver(() => { draw(); drawClip(); }).observe($("stage"));
  new ResizeObserver(drawLine).observe(line);
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { fillList(); draw(); });
})();

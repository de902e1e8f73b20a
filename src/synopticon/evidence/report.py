"""The report of an export: facts from the workspace, and the fields that a person fills in.

It is a page as blocks, like the other documents: ``report_html`` makes one file of it that a browser prints
and a word processor opens, ``evidence.pdf`` the same on paper.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime

from synopticon.evidence.reported import (
    Answer,
    Asked,
    CaseTold,
    Decided,
    Linked,
    Recording,
    Report,
    RuleRate,
    Seen,
)
from synopticon.governance.documents import common
from synopticon.governance.documents.facts import ModelFacts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.render import html, markdown
from synopticon.governance.documents.texts import Texts, local, texts

__all__ = ["Report", "report_html", "report_markdown", "report_page"]
Row = tuple[str, ...]


def report_html(report: Report, language: str = "en") -> str:
    """The report as one HTML file in ``fr`` or ``en``; nothing is fetched, no script runs in it."""
    return html(report_page(report, texts(language)))


def report_markdown(report: Report, language: str = "en") -> str:
    """The same as Markdown."""
    return markdown(report_page(report, texts(language)))


def report_page(report: Report, t: Texts) -> Page:
    """The report as blocks; the same facts give the same page."""
    page = common.begin("report", report.facts, t, t("report.tag"))
    page.subtitle += f", {report.case.id}" if report.case else f", {t('report.outside')}"
    _first(page, report, t)
    page.contents(t("report.contents"))
    _disclosure(page, report, t)
    _case(page, report, t)
    _recordings(page, report, t)
    _coverage(page, report, t)
    _shown(page, report, t)
    _searches(page, report, t)
    _decisions(page, report, t)
    _events(page, report, t)
    for part in ("findings", "remarks", "signature"):
        questions = [t(f"report.{part}_{n}") for n in (1, 2) if f"{part}_{n}" in t.table["report"]]
        page.heading(t(f"report.{part}")).blank(t("common.fill"), *questions)
    _models(page, report, t)
    _settings(page, report, t)
    return common.end(page, report.facts, t)


def _first(page: Page, report: Report, t: Texts) -> None:
    """What nobody may miss."""
    page.text(t("report.intro"))
    if report.case is None:
        page.note("warn", t("report.no_evidence"), t("report.no_case"))
    if not report.masked:
        page.note("warn", t("report.clear"), t("report.clear_text"))
    title = t("report.masked") if report.masked else ""
    page.note("plain", title, t("report.masked_text"), t("report.synthetic"))


def _disclosure(page: Page, report: Report, t: Texts) -> None:
    rows = [
        (t("report.recipient"), report.recipient),
        (t("report.by"), report.by),
        (t("report.when"), t.moment(report.facts.at)),
        (t("report.reason"), report.reason),
    ]
    page.heading(t("report.disclosure")).facts(row for row in rows if row[1])


# --- the case ----------------------------------------------------------------------------------------------


def _case(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.case"))
    if report.case is None:
        page.text(t("report.no_case"))
    else:
        page.facts(_terms(report.case, t))
        _answers(page, report.case.answers, t)
    page.heading(t("report.scope")).facts(_scope(report, t))


def _terms(case: CaseTold, t: Texts) -> Iterator[tuple[str, str]]:
    yield t("report.case_id"), case.id
    yield t("report.unit"), case.unit
    yield t("report.purpose"), case.purpose
    yield t("report.basis"), case.basis
    yield t("report.authority"), case.authority
    yield t("report.requester"), case.requester
    yield t("report.opened"), t.moment(case.opened)
    yield t("report.until"), t.moment(case.until)
    yield t("report.state"), t.named("case_states", case.state)
    yield t("report.allowed"), t.capabilities(case.capabilities)
    yield from ((t.said(name), value) for name, value in case.fields)
    if case.emergency:
        at, reason = case.emergency
        yield t("report.emergency"), t("report.emergency_text", at=t.moment(at), reason=reason)
    if case.closed:
        by, at, outcome = case.closed
        yield t("report.closed"), t("report.closed_value", at=t.moment(at), by=by, outcome=outcome)


def _answers(page: Page, answers: Sequence[Answer], t: Texts) -> None:
    head = [t(f"report.{name}") for name in ("matter", "decision", "who", "when", "independent")]
    rows = (
        (
            t.named("matters", a.matter), t.named("answers", a.decision), a.by, local(a.at, ""),
            t("report.independent_yes") if a.counts and a.independent else a.why,
        )
        for a in answers
    )  # fmt: skip
    page.heading(t("report.approvals")).table(head, rows, t("report.no_approvals"))
    if any(a.counts and not a.independent for a in answers):
        page.note("warn", t("report.dependent"), t("report.dependent_text"))


def _scope(report: Report, t: Texts) -> Iterator[tuple[str, str]]:
    scope = report.scope
    if scope.cameras:
        yield t("report.scope_cameras"), ", ".join(report.facts.camera(id) for id in scope.cameras)
        hours = (f"{local(w.start, '')} \N{EN DASH} {local(w.end, '')}" for w in scope.windows)
        yield t("report.scope_hours"), "; ".join(hours)
    if scope.digests:
        yield t("report.scope_files"), str(len(scope.digests))


# --- what there is, and what of it was seen ----------------------------------------------------------------


def _recordings(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.recordings")).text(t("report.recordings_text"))
    head = [t("common.camera"), *(t(f"report.{n}") for n in ("recording", "from", "to", "clock", "error"))]
    rows = (
        (
            r.camera, r.name, _at(r.start, r.camera, report, t), _at(r.end, r.camera, report, t),
            t.named("clock_sources", r.clock),
            _error(r, t),
        )
        for r in report.recordings
    )  # fmt: skip
    page.table(head, rows, t("report.no_recordings"))
    common.cameras(page.heading(t("common.cameras")), report.facts, t)
    files = {(r.camera, r.name): r.digests for r in report.recordings}
    if files:  # a list: word processors do not break a digest in a table
        listed = (f"{camera}, {name}: {d}" for (camera, name), digests in files.items() for d in digests)
        page.heading(t("report.digests")).items(listed)


def _error(recording: Recording, t: Texts) -> str:
    if recording.start is None:
        return t("common.unknown")
    return t("report.error_value", n=t.number(recording.error)) if recording.error else t("report.error_none")


def _at(moment: datetime | None, camera: str, report: Report, t: Texts) -> str:
    return t("common.unknown") if moment is None else local(moment, report.zones.get(camera, ""))


def _coverage(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.coverage"))
    head = [t("common.camera"), *(t(f"report.{n}") for n in ("recorded", "analysed", "share"))]
    rows = (
        (
            c.camera, _seconds(c.recorded, t), _seconds(c.seen, t),
            f"{t.number(100 * c.seen / c.recorded if c.recorded else 0.0)} %",
        )
        for c in report.covered
    )  # fmt: skip
    page.table(head, rows, t("report.no_recordings")).text(t("report.absence"))
    head = [t("common.camera"), *(t(f"report.{n}") for n in ("from", "to", "length", "gap_reason"))]
    lost = (
        (
            g.camera, _at(g.start, g.camera, report, t), _at(g.end, g.camera, report, t),
            _seconds(g.seconds, t), t.named("gap_reasons", g.reason),
        )
        for g in report.gaps
    )  # fmt: skip
    page.heading(t("report.gaps")).table(head, lost, t("report.no_gaps"))


def _seconds(seconds: float, t: Texts) -> str:
    if seconds < 59.95:
        return t("report.seconds", n=t.number(seconds))
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    words = {"m": f"{minutes:02}" if hours else minutes, "s": f"{rest:02}"}
    return t("report.hours", h=hours, **words) if hours else t("report.minutes", **words)


# --- what was asked, found and decided ---------------------------------------------------------------------


def _shown(page: Page, report: Report, t: Texts) -> None:
    head = [t("report.object"), t("report.kind"), t("common.camera"), t("report.from"), t("report.length")]
    rows = ((s.track, *_seen(s, report, t)) for s in report.tracks)
    page.heading(t("report.shown")).table(head, rows, t("report.shown_all"))


def _seen(seen: Seen, report: Report, t: Texts) -> Row:
    start = _at(seen.start, seen.camera, report, t)
    return t.named("kinds", seen.kind), seen.camera, start, _seconds(seen.seconds, t)


def _searches(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.searches")).text(t("report.searches_text"))
    head = [t(f"report.{n}") for n in ("entry", "when", "who", "act", "question", "hits")]
    page.table(head, (_asked(one, t) for one in report.searches), t("report.no_searches"))
    head = [t(f"report.{n}") for n in ("act", "times", "refused")]
    rows = ((t.named("capability", c.capability), str(c.times), str(c.refused)) for c in report.others)
    page.heading(t("report.others")).table(head, rows, t("report.no_others"))


def _asked(one: Asked, t: Texts) -> Row:
    hits = "-" if one.hits is None else str(one.hits)
    if one.state != "done":
        hits = t("report.failed") if one.state else t("report.unanswered")
    question = t("common.erased") if one.question is None else one.question or "-"
    return (
        str(one.entry), local(one.at, ""), one.by, t.named("capability", one.capability), question, hits
    )  # fmt: skip


def _decisions(page: Page, report: Report, t: Texts) -> None:
    head = [t("report.object"), t("report.kind"), t("report.decided"), t("report.who"), t("report.when")]
    rows = ((*_decided(one, report, t), _noted(one, t)) for one in report.decisions)
    page.heading(t("report.decisions"))
    page.table([*head, t("report.notes")], rows, t("report.no_decisions"))
    if report.links:
        head = [t(f"report.{n}") for n in ("entry", "objects", "decided", "who", "when", "reason")]
        page.heading(t("report.links")).text(t("report.links_text"))
        page.table(head, (_linked(one, t) for one in report.links), "")


def _linked(one: Linked, t: Texts) -> Row:
    verdict = t.named("links", one.verdict)
    return str(one.entry), ", ".join(one.tracks), verdict, one.by, local(one.at, ""), one.reason or "-"


def _decided(one: Decided, report: Report, t: Texts) -> Row:
    seen = one.seen
    what = f"{t.named('kinds', seen.kind)}, {seen.camera}, {_at(seen.start, seen.camera, report, t)}"
    return seen.track, what, t.named("verdicts", one.verdict), one.by, local(one.at, "")


def _noted(one: Decided, t: Texts) -> str:
    trim = ""
    if one.trim:
        trim = t("report.trimmed", a=t.number(one.trim[0]), b=t.number(one.trim[1]))
    return "; ".join(part for part in (", ".join(one.tags), one.note, trim) if part) or "-"


def _events(page: Page, report: Report, t: Texts) -> None:
    """Events that were decided on, and how far their rules can be trusted; nothing where there are none."""
    if not report.rates:
        return
    page.heading(t("report.events")).text(t("report.events_text"))
    head = [
        t("report.rule"),
        t("common.camera"),
        *(t(f"report.{n}") for n in ("from", "measured", "decided")),
    ]
    rows = (
        (
            e.name, e.camera, _at(e.start, e.camera, report, t), "; ".join(e.measured),
            f"{t.named('verdicts', e.verdict)}, {local(e.at, '')}", e.by, e.note or "-",
        )
        for e in report.events
    )  # fmt: skip
    page.table([*head, t("report.who"), t("report.reason")], rows, t("report.no_events"))
    head = [t("report.rule"), t("common.camera"), *(t(f"report.{n}") for n in ("right", "wrong", "open"))]
    page.heading(t("report.rates")).text(t("report.rates_text"))
    page.table(head, (_rate(r, t) for r in report.rates), "")


def _rate(r: RuleRate, t: Texts) -> Row:
    n = r.right + r.wrong
    low, high = (t.number(100 * v, 0) for v in r.interval)
    words = {"found": r.right, "n": n, "share": t.number(100 * r.right / n, 0) if n else "", "low": low}
    right = t("report.figure_value", **words, high=high) if n else t("report.undecided")
    wrong = t("report.wrong_value", n=r.wrong, days=t.number(r.days, 3))
    return r.name, r.camera, right, wrong, str(r.open)


# --- what it was made with ---------------------------------------------------------------------------------


def _models(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.models"))
    if report.facts.models:
        page.facts((m.name, _about(m, t)) for m in report.facts.models)
    else:
        page.text(t("common.no_models"))
    page.text(t("report.figures_text"))
    head = [t(f"report.{n}") for n in ("figure", "model", "share", "footage", "command")]
    rows = (
        (
            t.named("figures", f.kind), _model(f.model, t),
            t(
                "report.figure_value", found=f.found, n=f.n, share=t.number(100 * f.found / f.n, 0),
                low=t.number(100 * f.interval[0], 0), high=t.number(100 * f.interval[1], 0),
            ),
            f.footage, f.command,
        )
        for f in report.figures
    )  # fmt: skip
    page.table(head, rows, t("report.no_figures"))
    for name, lines in report.cards:
        page.note("plain", f"{name}: {t('report.card')}", *lines)


def _about(model: ModelFacts, t: Texts) -> str:
    task = t.named("tasks", model.task) if model.task else t("common.unknown_model")
    return "; ".join(part for part in (task, model.licence, f"SHA-256 {model.digest}") if part)


def _model(name: str, t: Texts) -> str:
    return t("report.motion") if name == "none" else name


def _settings(page: Page, report: Report, t: Texts) -> None:
    page.heading(t("report.settings"))
    if not report.runs:
        page.text(t("report.no_settings"))
    for run in report.runs:
        versions = ", ".join(f"{name} {value}" for name, value in run.versions)
        words = {"n": run.recordings, "model": _model(run.model, t), "versions": versions}
        page.text(t("report.settings_text", **words)).code(run.settings)

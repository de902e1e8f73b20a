"""The register of recordings, destructions and transmissions. Source: CSI L252-5, R252-11."""

from collections.abc import Iterator

from synopticon.governance.documents import common
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.tally import Destruction, Transmission
from synopticon.governance.documents.texts import Texts, local
from synopticon.governance.grant import Scope

Row = tuple[str, ...]
_MANY = 3  # windows of a scope that are written out


def register(facts: Facts, t: Texts) -> Page:
    """The register: what is kept, what was destroyed (in the rows and in the log), what left."""
    page = common.begin("register", facts, t)
    t.law(page, "register.law")
    page.text(t("register.times"))
    page.heading(t("register.recordings"))
    head = [t(f"register.{name}") for name in ("day", "from", "to", "file", "state", "due")]
    page.table([t("common.camera"), *head], _recordings(facts, t), t("register.no_recordings"))
    page.heading(t("register.destroyed"))
    head = [t(f"register.{name}") for name in ("day", "files", "at", "entry", "proved")]
    page.table([t("common.camera"), *head], _destructions(facts, t), t("register.no_destroyed"))
    page.text(t("register.destroyed_note"))
    page.heading(t("register.transmissions"))
    head = [t(f"register.{name}") for name in ("at", "what", "case", "scope", "recipient", "entry")]
    rows = (_transmission(one, facts, t) for one in facts.tally.transmissions)
    page.table(head, rows, t("register.no_transmissions"))
    return common.end(page, facts, t)


def _recordings(facts: Facts, t: Texts) -> Iterator[Row]:
    for r in facts.recordings:
        zone = facts.zone(r.camera)
        first, last = (local(at, zone) if at else t("common.unknown") for at in (r.first, r.last))
        due = local(r.due, zone) if r.due else t("common.no_end")
        state = t.named("states", r.state)
        yield (facts.camera(r.camera), r.day, first, last, _files(r.digests), state, due)


def _files(digests: tuple[str, ...]) -> str:
    more = f" (+{len(digests) - 1})" if len(digests) > 1 else ""
    return f"{digests[0][:16]}{more}" if digests else "-"


def _destructions(facts: Facts, t: Texts) -> Iterator[Row]:
    """Rows of the database beside the records of the log: each shows what the other lacks."""
    logged = {d.entry: d for d in facts.tally.destructions}
    rows = {d.entry: d for d in facts.destroyed}
    for entry in sorted(logged.keys() | rows.keys()):
        if entry in rows:
            d = rows[entry]
            when = local(d.at, facts.zone(d.camera))
            said = _recorded(logged.get(entry), t)
            yield (facts.camera(d.camera), d.day, str(d.files), when, str(entry), said)
        elif logged[entry].camera is not None:
            yield _logged(logged[entry], facts, t)


def _logged(found: Destruction, facts: Facts, t: Texts) -> Row:
    files = t("common.unknown") if found.files is None else str(found.files)
    camera = str(found.camera)
    when = local(found.at, facts.zone(camera))
    return (facts.camera(camera), str(found.day), files, when, str(found.entry), t("register.recorded"))


def _recorded(found: Destruction | None, t: Texts) -> str:
    return t("register.unrecorded") if found is None else t("register.recorded")


def _transmission(one: Transmission, facts: Facts, t: Texts) -> Row:
    what = t.named("capability", one.capability)
    recipient = t("common.erased") if one.recipient is None else one.recipient or t("register.unstated")
    scope = t("common.erased") if one.scope is None else _scope(one.scope, facts, t)
    return (local(one.at, ""), what, one.case or "-", scope, recipient, str(one.entry))


def _scope(scope: Scope, facts: Facts, t: Texts) -> str:
    """A scope in words; of many hours the first and the last."""
    parts = []
    if scope.cameras:
        windows = [f"{local(w.start, '')} \N{EN DASH} {local(w.end, '')}" for w in scope.windows]
        if len(windows) > _MANY:
            windows = [windows[0], "...", windows[-1]]
        names = ", ".join(facts.camera(id) for id in scope.cameras)
        parts.append(t("register.hours_named", cameras=names, windows=", ".join(windows)))
    if scope.digests:
        parts.append(t("register.files_named", n=len(scope.digests)))
    return "; ".join(parts) or "-"

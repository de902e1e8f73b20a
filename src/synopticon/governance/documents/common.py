"""What several documents say alike: cameras, rules, limits, measures, and where a document comes from."""

from collections.abc import Iterator

from synopticon.governance.audit.log import Witnessed
from synopticon.governance.documents.facts import Facts, LogFacts, UnitFacts
from synopticon.governance.documents.page import Page, Tone
from synopticon.governance.documents.texts import Texts
from synopticon.governance.profile import Limits, Need, Profile, Rule, Source


def begin(kind: str, facts: Facts, t: Texts, tag: str = "") -> Page:
    """A page with its title, and what everybody must know of it first."""
    owner = facts.organisation or t("no_organisation")
    page = Page(kind, t.language, t(f"{kind}.title"), owner, tag)
    page.text(t("common.made", at=t.moment(facts.at), organisation=facts.organisation or t("owner")))
    if facts.profile.modified:
        lines = (str(difference) for difference in facts.difference)
        page.note("warn", t("common.modified"), t("common.modified_text"), *lines)
    if facts.profile.template:
        page.note("warn", t("common.template"))
    return page


def end(page: Page, facts: Facts, t: Texts, *, names: bool = True) -> Page:
    """Where the document comes from: profile, log, checkpoint, witnesses (by ``names``, or by their keys)."""
    profile, log = facts.profile, facts.log
    page.heading(t("common.origin")).text(t("common.origin_text"), t("common.not_advice"))
    rows = [
        (t("common.organisation"), facts.organisation or t("no_organisation")),
        (t("common.since"), t.moment(facts.since)),
        (t("common.at"), t.moment(facts.at)),
        (t("common.version"), f"Synopticon {facts.version}"),
        (t("common.profile"), _label(profile, t)),
        (t("common.digest"), profile.digest),
        (t("common.log"), t("common.log_value", origin=log.origin, size=log.size)),
        (t("common.key"), log.key),
    ]
    if profile.mark:
        rows.insert(6, (t("common.mark"), t.said(profile.mark)))
    page.facts(rows)
    tone: Tone = "plain" if log.witnessed else "warn"
    page.note(tone, t("common.witnessed"), witnessed(log.witnessed, t, names=names))
    return page.heading(t("common.checkpoint")).code(log.checkpoint)


def _label(profile: Profile, t: Texts) -> str:
    changed = f" ({t('common.modified').lower()})" if profile.modified else ""
    return f"{profile.name}{changed} \N{EN DASH} {t.said(profile.title)}"


def witnessed(last: Witnessed | None, t: Texts, *, names: bool = True) -> str:
    """Until when nobody could rewrite the log unseen."""
    if last is None:
        return t("common.never_witnessed")
    who = last.names if names else ", ".join(f"{t('common.key_of')} {c.key.fingerprint}" for c in last.by)
    return t("common.last_witnessed", at=t.moment(last.time), names=who, size=last.size)


def cameras(page: Page, facts: Facts, t: Texts) -> None:
    """The cameras with what each is for."""
    head = [t(f"common.{name}") for name in ("camera", "place", "zone", "purpose", "kept")]
    rows = (
        (c.name, c.place or "-", c.zone or "UTC", c.purpose or "-", t.days(c.days)) for c in facts.cameras
    )
    page.table(head, rows, t("common.no_cameras"))


def units(page: Page, facts: Facts, t: Texts) -> None:
    """The units, and how many hold each role; no names."""
    rows = ((unit.name, _roles(unit, t)) for unit in facts.units)
    page.table((t("common.unit"), t("common.units")), rows, t("common.no_units"))


def _roles(unit: UnitFacts, t: Texts) -> str:
    return ", ".join(f"{t.named('roles', role.value)} ({n})" for role, n in sorted(unit.roles.items()))


def models(page: Page, facts: Facts, t: Texts) -> None:
    """The models that analysed what is here."""
    head = [t(f"common.{name}") for name in ("model", "task", "licence", "fingerprint")]
    head[3] = "SHA-256"
    rows = (
        (m.name, t.named("tasks", m.task) if m.task else t("common.unknown_model"), m.licence, m.digest)
        for m in facts.models
    )
    page.table(head, rows, t("common.no_models"))


def witnesses(page: Page, log: LogFacts, t: Texts) -> None:
    """Who cosigned the log."""
    rows = ((w.name, w.fingerprint, t.moment(w.last)) for w in log.witnesses)
    head = [t(f"common.{name}") for name in ("witness", "fingerprint", "last")]
    page.table(head, rows, t("common.no_witnesses"))


def rules(page: Page, facts: Facts, t: Texts, *, allowed: bool) -> None:
    """What the profile allows, or refuses; each rule with its source and the day on which that was read."""
    found = [rule for rule in facts.profile.rules if _works(rule) is allowed]
    names = ("what", "needs", "why", "source") if allowed else ("what", "why", "source")
    rows = (
        (
            t.capabilities(r.capabilities),
            *([needs(r, t)] if allowed else ()),
            t.said(r.why),
            _cited(r.source, t),
        )
        for r in found
    )
    page.table([t(f"rules.{name}") for name in names], rows, t("common.none"))


def _works(rule: Rule) -> bool:
    return rule.allow and bool(rule.source.text)


def needs(rule: Rule, t: Texts) -> str:
    """What a rule asks before it lets an act pass."""
    return ", ".join(t(f"needs.{need.value}") for need in Need if need in rule.needs) or t("rules.nothing")


def _cited(source: Source, t: Texts) -> str:
    """A source and the day on which it was read."""
    if not source.text:
        return t("common.none")
    return (
        t("common.cited", source=t.cited(source.text), checked=t.day(source.checked))
        if source.checked
        else t.cited(source.text)
    )


def limits(page: Page, profile: Profile, t: Texts) -> None:
    """The numbers of the profile, each with its source."""
    known = profile.limits.sources
    rows = (
        (what, value, _cited(known[table], t) if table in known else "-")
        for table, what, value in _limits(profile.limits, t)
    )
    page.table([t(f"limits.{n}") for n in ("what", "value", "source")], rows, t("common.none"))


def _limits(found: Limits, t: Texts) -> Iterator[tuple[str, str, str]]:
    """Table of the profile, what is limited, and how; only what is limited at all."""
    hours, minutes = t("limits.hours", n=found.emergency_hours), t("limits.minutes", n=found.bin_minutes)
    kept = t.days(found.retention_days) if found.retention_days else ""
    if found.erase_at_closure:
        kept = f"{kept}, {t('limits.closure')}".removeprefix(", ")
    dpia = t("common.yes") if found.dpia else ""
    if found.dpia_days:
        dpia = f"{dpia}, {t('limits.dpia_days', n=found.dpia_days)}"
    lines = (
        ("case", "case", t.days(found.case_days) if found.case_days else ""),
        ("case", "renewal", t.days(found.renewal_days) if found.renewal_days else ""),
        ("case", "approvals", str(found.approvals or "")),
        ("case", "independent", t("limits.independent_no") if found.independent else ""),
        ("emergency", "emergency", hours if found.emergency_hours else ""),
        ("dpia", "dpia", dpia),
        ("witness", "witness", t("limits.witness_days", n=found.witness_days) if found.witness_days else ""),
        ("retention", "retention", kept),
        ("retention", "log", t.days(found.log_days) if found.log_days else ""),
        ("statistics", "cell", str(found.tracks_per_cell or "")),
        ("statistics", "bin", minutes if found.bin_minutes else ""),
    )
    yield from ((table, t(f"limits.{name}"), value) for table, name, value in lines if value)


def data(page: Page, facts: Facts, t: Texts) -> None:
    """Whose data, and which."""
    allows = facts.profile.allows
    names = ["persons", "recordings", "tracks", "masked"]
    names += ["similar"] if allows("search.similar") or allows("journey") else []
    names += ["plates"] if allows("search.plate") else []
    page.heading(t("data.heading")).items(t(f"data.{name}") for name in (*names, "log", "never"))


def security(page: Page, t: Texts) -> None:
    """What the program does to protect the data."""
    names = ("grant", "log", "encryption", "administrator", "masking", "second", "offline", "retention")
    page.items(t(f"security.{name}") for name in names)

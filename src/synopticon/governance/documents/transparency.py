"""The transparency report: counts from the log by month, and nothing personal."""

from collections import Counter

from synopticon.governance.capability import CAPABILITIES, FOOTAGE
from synopticon.governance.documents import common
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.tally import Month
from synopticon.governance.documents.texts import Texts

_COLUMNS = (
    "opened", "acts", "hours", "refusals", "emergencies", "approvals", "dependent", "unknown"
)  # fmt: skip


def transparency(facts: Facts, t: Texts) -> Page:
    """The report. Nothing in it comes from a name or an id of a person, case or camera."""
    months = facts.tally.months
    page = common.begin("transparency", facts, t).text(t("transparency.intro"))
    if not months:
        return common.end(page.text(t("transparency.nothing")), facts, t, names=False)
    period = t("transparency.period_value", first=_name(months[0], t), last=_name(months[-1], t))
    total = [_counted(month) for month in months]
    sums = [sum(column) for column in zip(*total, strict=True)]
    named = zip((t(f"transparency.{name}") for name in _COLUMNS), _shown(sums, t), strict=True)
    page.facts([(t("transparency.period"), period), *named])
    page.heading(t("transparency.by_month"))
    head = [t(f"transparency.{name}") for name in ("month", *_COLUMNS)]
    rows = ((_name(m, t), *_shown(_counted(m), t)) for m in months)
    page.table(head, rows, t("transparency.nothing"))
    _capabilities(page, months, t)
    _notes(page, months, t)
    return common.end(page.text(t("transparency.complete")), facts, t, names=False)


def _counted(month: Month) -> list[float]:
    acts = sum(n for name, n in month.acts.items() if name in FOOTAGE) - month.parts
    return [
        month.opened, acts, month.seconds / 3600, month.refusals, month.emergencies, month.approvals,
        month.dependent, month.unknown,
    ]  # fmt: skip


def _shown(counts: list[float], t: Texts) -> list[str]:
    hours = _COLUMNS.index("hours")
    return [t.number(n) if at == hours else str(int(n)) for at, n in enumerate(counts)]


def _name(month: Month, t: Texts) -> str:
    year, number = month.name.split("-")
    return f"{t.table['months'][int(number) - 1]} {year}"


def _capabilities(page: Page, months: tuple[Month, ...], t: Texts) -> None:
    done, refused = Counter[str](), Counter[str]()
    for month in months:
        done.update(month.acts)
        refused.update(month.refused)
    page.heading(t("transparency.by_capability"))
    rows = (
        (t.named("capability", name), str(done[name]), str(refused[name]))
        for name in CAPABILITIES
        if done[name] or refused[name]
    )
    head = [t(f"transparency.{name}") for name in ("capability", "done", "refused")]
    page.table(head, rows, t("transparency.nothing"))


def _notes(page: Page, months: tuple[Month, ...], t: Texts) -> None:
    page.items(
        [
            t("transparency.hours_note", n=sum(m.unmeasured for m in months)),
            t("transparency.approvals_note", n=sum(m.unjudged for m in months)),
            t("transparency.unknown_note"),
            t("transparency.months_note"),
        ]
    )

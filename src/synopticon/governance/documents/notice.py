"""The notice to the persons filmed, two layers for each camera. Source: EDPB guidelines 3/2019, section 7."""

from synopticon.errors import UsageError
from synopticon.governance.capability import FOOTAGE
from synopticon.governance.documents import common
from synopticon.governance.documents.facts import CameraFacts, Facts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.texts import Texts
from synopticon.governance.rights import policing

_BY_HAND = (
    "ingest",
    "case.mark",
    "handover",
    "export.original",
    "request",
)  # nothing in these analyses a picture
_BLANK = "\N{HORIZONTAL ELLIPSIS}" * 12


def notice(facts: Facts, t: Texts) -> Page:
    """A sign and a full notice for each camera; raises ``UsageError`` where there is none."""
    if not facts.cameras:
        raise UsageError("there is no camera to put a notice up for: add one with 'synopticon camera add'")
    page = common.begin("notice", facts, t, t("notice.subtitle"))
    t.law(page, "notice.law")
    page.text(t("notice.use"))
    for camera in facts.cameras:
        page.sheet()
        _sign(page, camera, facts, t)
        page.sheet()
        _full(page, camera, facts, t)
    return common.end(page.sheet(), facts, t)


def _sign(page: Page, camera: CameraFacts, facts: Facts, t: Texts) -> None:
    """The first layer: what matters most, in few words."""
    kept = t("notice.kept_none")
    if camera.days is not None:
        kept = t("notice.kept_days", days=t.days(camera.days))
    rights = "rights_directive" if policing(facts.profile) else "rights_short"
    page.sign(
        t("notice.sign"),
        [
            (t("notice.controller"), facts.organisation or _BLANK),
            (t("notice.why"), camera.purpose or _BLANK),
            (t("notice.kept"), kept),
            (t("notice.software"), t("notice.software_some" if _analysed(facts) else "notice.software_none")),
            (t("notice.rights"), t(f"notice.{rights}")),
            (t("notice.contact"), facts.contact or _BLANK),
        ],
        f"{t('notice.more')} ({camera.name})",
    )


def _analysed(facts: Facts) -> bool:
    return any(facts.profile.allows(name) for name in FOOTAGE if name not in _BY_HAND)


def _full(page: Page, camera: CameraFacts, facts: Facts, t: Texts) -> None:
    """The second layer: the whole of it."""
    owner = facts.organisation or t("no_organisation")
    page.heading(f"{t('notice.second')} \N{EN DASH} {camera.name}")
    place = [
        (t("common.camera"), camera.name),
        (t("common.place"), camera.place),
        (t("common.zone"), camera.zone),
    ]
    page.facts(row for row in place if row[1])
    page.heading(t("notice.full_controller")).text(owner, facts.contact)
    page.blank(t("common.fill"), t("notice.full_controller_1"))
    page.heading(t("notice.full_purpose")).text(camera.purpose)
    page.blank(t("common.fill"), t("notice.full_basis_1"))
    page.heading(t("notice.full_data")).text(t("notice.full_allowed"))
    page.items(_allowed(facts, t)).text(t("notice.full_never"))
    page.heading(t("notice.full_recipients")).text(
        t("notice.full_recipients_text", organisation=facts.organisation or t("owner"))
    )
    page.blank(t("common.fill"), t("notice.full_recipients_1"))
    page.heading(t("notice.full_kept")).text(t.days(camera.days))
    rights = "full_rights_directive" if policing(facts.profile) else "full_rights"
    page.heading(t("notice.full_rights")).text(t(f"notice.{rights}_text"))
    page.text(t.source(f"notice.{rights}"), t("notice.complaint"), t.source("notice.complaint"))


def _allowed(facts: Facts, t: Texts) -> list[str]:
    """What may be done with recordings, and what each asks first."""
    found = []
    for rule in facts.profile.rules:
        names = tuple(name for name in rule.capabilities if name in FOOTAGE)
        if names and facts.profile.allows(names[0]):
            found.append(f"{t.capabilities(names)} ({common.needs(rule, t)})")
    return found or [t("common.none")]

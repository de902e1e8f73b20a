"""A draft impact assessment: description and purposes from the settings, judgement left to people.

Sources: GDPR art. 35(7), directive (EU) 2016/680 art. 27(2).
"""

from synopticon.governance.documents import common
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.texts import Texts


def dpia(facts: Facts, t: Texts) -> Page:
    """The draft. It calls itself incomplete, says what is registered, and when that is out of date."""
    page = common.begin("dpia", facts, t, t("dpia.tag"))
    page.note("warn", t("dpia.draft"), t("dpia.draft_text"))
    _registered(page, facts, t)
    t.law(page, "dpia.gdpr")
    t.law(page, "dpia.directive")
    _description(page, facts, t)
    page.heading(t("dpia.necessity"))
    page.blank(t("common.fill"), *(t(f"dpia.necessity_{n}") for n in (1, 2, 3)))
    page.heading(t("dpia.risks"))
    for name in ("access", "change", "loss", "wrong", "use"):
        page.blank(t("common.fill"), t(f"dpia.risk_{name}"))
    page.heading(t("dpia.measures")).text(t("dpia.measures_text"))
    common.security(page, t)
    page.blank(t("common.fill"), t("dpia.measures_1"))
    page.heading(t("dpia.views")).text(t.source("dpia.views")).blank(t("common.fill"), t("dpia.views_1"))
    page.heading(t("dpia.opinion")).blank(t("common.fill"), t("dpia.opinion_1"))
    page.heading(t("dpia.signature")).blank(t("common.fill"), t("dpia.signature_1"))
    page.text(t("dpia.register", digest=facts.configuration))
    return common.end(page, facts, t)


def _registered(page: Page, facts: Facts, t: Texts) -> None:
    needless = "" if facts.profile.limits.dpia else t("dpia.not_needed")
    if facts.dpia is None:
        page.note("warn", t("dpia.unregistered"), needless or t("dpia.unregistered_text"))
        return
    known = facts.dpia.dpia
    words = {
        "digest": known.digest, "signed": t.day(known.signed), "signatory": known.signatory, "dpo": known.dpo,
        "opinion": t.named("opinions", known.opinion),
    }  # fmt: skip
    if facts.dpia.current and facts.dpia.old:
        words["days"] = str(facts.profile.limits.dpia_days)
        page.note("warn", t("dpia.outdated"), t("dpia.old_text", **words), needless)
        return
    if facts.dpia.current:
        page.note("fine", t("dpia.registered"), t("dpia.registered_text", **words))
        return
    change = {"then": known.configuration[:16], "now": facts.configuration[:16]}
    page.note("warn", t("dpia.outdated"), t("dpia.outdated_text", **words, **change), needless)


def _description(page: Page, facts: Facts, t: Texts) -> None:
    page.heading(t("dpia.description"))
    page.facts(
        [
            (t("record.controller"), facts.organisation or t("no_organisation")),
            (t("dpia.setting"), t.said(facts.profile.title)),
            (t("dpia.who"), t.said(facts.profile.who)),
            (t("common.since"), t.moment(facts.since)),
            (t("common.configuration"), facts.configuration),
        ]
    )
    page.heading(t("dpia.purposes"))
    common.cameras(page, facts, t)
    common.data(page, facts, t)
    page.heading(t("rules.allowed"))
    common.rules(page, facts, t, allowed=True)
    page.heading(t("rules.refused"))
    common.rules(page, facts, t, allowed=False)
    page.text(t("rules.rest"))
    page.heading(t("dpia.limits"))
    common.limits(page, facts.profile, t)
    page.heading(t("common.units"))
    common.units(page, facts, t)
    page.heading(t("dpia.models"))
    common.models(page, facts, t)
    common.witnesses(page.heading(t("common.witnessed")), facts.log, t)

"""The record of processing activities. Sources: GDPR art. 30(1), directive (EU) 2016/680 art. 24(1)."""

from synopticon.governance.documents import common
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.texts import Texts

_PROFILING = ("search.similar", "journey")


def record(facts: Facts, t: Texts) -> Page:
    """The record, as far as the settings know it; the rest is left to be filled in."""
    page = common.begin("record", facts, t)
    t.law(page, "record.gdpr")
    t.law(page, "record.directive")
    page.heading(t("record.controller")).text(facts.organisation or t("no_organisation"), facts.contact)
    page.blank(t("common.fill"), t("record.controller_1"))
    page.heading(t("record.dpo"))
    if facts.dpia is not None:
        page.text(t("record.dpo_known", dpo=facts.dpia.dpia.dpo))
    page.blank(t("common.fill"), t("record.dpo_1"))
    common.cameras(page.heading(t("record.purposes")), facts, t)
    page.heading(t("record.basis")).text(t("record.basis_text"))
    common.rules(page, facts, t, allowed=True)
    page.blank(t("common.fill"), t("record.basis_1"))
    common.data(page, facts, t)
    page.heading(t("record.recipients")).text(t("record.recipients_text"))
    common.units(page, facts, t)
    page.heading(t("record.transfers")).text(t("record.transfers_text"))
    page.blank(t("common.fill"), t("record.transfers_1"))
    page.heading(t("record.profiling")).text(_profiling(facts, t))
    common.limits(page.heading(t("record.erasure")), facts.profile, t)
    common.security(page.heading(t("record.security")), t)
    common.models(page.heading(t("dpia.models")), facts, t)
    common.witnesses(page.heading(t("common.witnessed")), facts.log, t)
    return common.end(page, facts, t)


def _profiling(facts: Facts, t: Texts) -> str:
    found = [facts.profile.rule_for(name) for name in _PROFILING if facts.profile.allows(name)]
    if not found:
        return t("record.profiling_no")
    return t("record.profiling_yes", needs="; ".join(dict.fromkeys(common.needs(rule, t) for rule in found)))

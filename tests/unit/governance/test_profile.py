import hashlib
import re
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.errors import UsageError
from synopticon.governance.capability import FOOTAGE, FRAME
from synopticon.governance.profile import SHIPPED, Need, Stage, difference, load, names, parse, shipped
from tests.architecture.source import PACKAGE

FOLDER = PACKAGE / "profiles"
PROFILE = shipped("fr-judicial")


def test_the_shipped_digests_are_those_of_the_files():
    found = {p.stem: hashlib.sha256(p.read_bytes()).hexdigest() for p in FOLDER.glob("*.toml")}
    assert dict(SHIPPED) == found, "put these digests into governance/profile.py"


def test_the_ten_of_the_plan_are_there():
    assert set(names()) == {
        "fr-judicial", "law-enforcement", "eu-private-site", "private-investigator", "insurer", "defence",
        "fr-town", "statistics", "research", "personal",
    }  # fmt: skip


@pytest.mark.parametrize("name", names())
def test_each_rule_carries_its_source_and_the_day_it_was_checked(name):
    profile = shipped(name)
    sources = [r.source for r in profile.rules] + [f.source for f in profile.fields]
    sources += list(profile.limits.sources.values())
    for source in sources:
        if profile.template and not source.text:
            continue
        assert len(source.text) >= 10
        assert isinstance(source.checked, date)


@pytest.mark.parametrize("name", names())
def test_each_capability_has_one_rule(name):
    """Nothing is left to the default: a reader sees what is allowed and what is not."""
    profile = shipped(name)
    ruled = [c for rule in profile.rules for c in rule.capabilities]
    assert sorted(ruled) == sorted({*FOOTAGE, *FRAME})


@pytest.mark.parametrize("name", names())
def test_a_shipped_profile_is_not_modified(name):
    profile = shipped(name)
    assert not profile.modified
    assert profile.label == name
    assert difference(profile) == ()
    assert load(FOLDER / f"{name}.toml") == profile


@pytest.mark.parametrize("name", ["fr-judicial", "law-enforcement", "fr-town"])
def test_what_singles_somebody_out_is_off_or_needs_an_approval(name):
    profile = shipped(name)
    for capability in ("search.similar", "journey"):
        rule = profile.rule_for(capability)
        assert not profile.allows(capability) or Need.APPROVAL in rule.needs


@pytest.mark.parametrize("name", [n for n in names() if shipped(n).organisation and shipped(n).users])
def test_clear_pictures_need_a_reason_and_a_second_person(name):
    profile = shipped(name)
    rule = profile.rule_for("view.unmasked")
    assert not profile.allows("view.unmasked") or {Need.REASON, Need.APPROVAL, Need.CASE} <= rule.needs


def test_the_judicial_profile_asks_what_the_law_asks():
    assert {f.name for f in PROFILE.asked(Stage.OPEN)} == {
        "procedure", "offence", "flagrance", "magistrate", "authorisation_date", "dpia", "declaration",
        "declaration_date", "declaration_digest",
    }  # fmt: skip
    assert {f.name for f in PROFILE.asked(Stage.CLOSE)} == {"report"}
    assert (PROFILE.limits.case_days, PROFILE.limits.renewal_days) == (3 * 365, 2 * 365)
    assert PROFILE.limits.dpia
    assert PROFILE.limits.emergency_hours == 48


def test_a_town_has_nothing_algorithmic():
    town = shipped("fr-town")
    for capability in ("synopsis", "search.attributes", "search.plate", "journey", "live", "event.fire"):
        assert not town.allows(capability)
    assert town.allows("handover")
    assert town.limits.retention_days == 30


def test_statistics_keep_no_picture():
    counts = shipped("statistics")
    assert {c for c in FOOTAGE if counts.allows(c)} == {"ingest", "statistics", "request"}
    assert counts.limits.tracks_per_cell > 1
    assert counts.limits.bin_minutes > 0


def test_a_difference_names_the_place():
    text = PROFILE.text.replace("approvals = 1", "approvals = 0")
    other = parse(text.encode(), "own.toml")
    assert other.label == "fr-judicial (modified)"
    assert [str(d) for d in difference(other)] == ["case.approvals: shipped 1, here 0"]
    rule = parse(
        PROFILE.text.replace(
            'capabilities = ["live"]\nallow = false', 'capabilities = ["live"]\nallow = true'
        ).encode(),
        "x",
    )
    assert [str(d) for d in difference(rule)] == ["rule.recorded-only.allow: shipped False, here True"]


def test_a_comment_is_a_difference_too():
    other = parse((PROFILE.text + "# mine\n").encode(), "own.toml")
    assert [d.place for d in difference(other)] == ["text"]


def test_an_own_profile_says_that_none_ships():
    own = parse(PROFILE.text.replace('name = "fr-judicial"', 'name = "own"').encode(), "own.toml")
    assert own.modified
    assert "none of this name ships" in str(difference(own)[0])


@given(st.integers(0, len(PROFILE.text.encode()) - 1), st.integers(1, 255))
def test_no_change_of_a_profile_goes_unnoticed(place, bits):
    """Any changed byte is an unreadable profile, or one that is called modified, with a difference."""
    data = bytearray(PROFILE.text.encode())
    data[place] ^= bits
    try:
        other = parse(bytes(data), "own.toml")
    except UsageError:
        return
    assert other.digest != PROFILE.digest
    assert other.modified
    assert difference(other)


LINES = [n for n, line in enumerate(PROFILE.text.splitlines()) if line and not line.startswith("#")]


@given(st.sets(st.sampled_from(LINES), min_size=1, max_size=4))
def test_no_removed_line_goes_unnoticed(gone):
    kept = [line for n, line in enumerate(PROFILE.text.splitlines()) if n not in gone]
    try:
        other = parse("\n".join(kept).encode(), "own.toml")
    except UsageError:
        return
    assert other.modified
    assert difference(other)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ("allow = true", "alow = true", "unknown key 'alow'"),
        ("allow = true", 'allow = "no"', "should be true or false"),
        ('needs = ["request"]', 'needs = ["requests"]', "requests"),
        ('capabilities = ["live"]', 'capabilities = ["life"]', "no capability"),
        ('capabilities = ["live"]', 'capabilities = ["user.add"]', "matter of roles"),
        ('capabilities = ["live"]', 'capabilities = ["ingest"]', "stands twice"),
        ("approvals = 1", "approvals = -1", "a whole number"),
        ("approvals = 1", "approvals = true", "a whole number"),
        ("approvals = 1", 'approvals = "1"', "a whole number"),
        ("checked = 2026-11-24", "checked = 2026", "add its source"),
        ('source = "CPP 230-21"', 'source = ""', "add its source"),
        ('kind = "person"', 'kind = "face"', "face"),
        ('choices = ["no", "yes"]\n', "", "add choices"),
        ('unless = ["flagrance", "yes"]', 'unless = ["flagrance"]', "unless should be"),
        ('name = "fr-judicial"', 'name = "FR judicial"', "use small letters"),
        ("users = true", "", "lacks 'users'"),
        ("[dpia]", "[dpia", "is no TOML"),
        ("[emergency]\nhours = 48", "[emergency]\nhours = 48\nminutes = 3", "unknown key 'minutes'"),
    ],
)
def test_a_typing_error_allows_nothing(old, new, said):
    text = PROFILE.text.replace(old, new)
    assert text != PROFILE.text
    with pytest.raises(UsageError, match=re.escape(said)) as found:
        parse(text.encode(), "own.toml")
    assert "\n" not in str(found.value)
    assert str(found.value).startswith("own.toml: ") or "no capability" in str(found.value)


def test_what_is_no_profile(tmp_path):
    with pytest.raises(UsageError, match="choose one of"):
        shipped("fr-secret")
    with pytest.raises(UsageError, match="name a TOML file"):
        load(tmp_path / "none.toml")
    with pytest.raises(UsageError, match="is no TOML"):
        parse(b"\xff", "x")


def test_what_no_rule_names_is_refused():
    bare = parse(b'name = "bare"\ntitle = "t"\nwho = "w"\nusers = true\norganisation = true\n', "bare.toml")
    assert not any(bare.allows(c) for c in FOOTAGE)
    assert bare.rule_for("synopsis").name == "bare.default-deny"

from datetime import UTC, datetime, timedelta

import pytest

from synopticon.errors import UsageError
from synopticon.governance.review import Look, Pattern, ReviewSettings, review

NOON = datetime(2026, 11, 24, 12, tzinfo=UTC)


def look(entry, case="case-1", **more):
    base = {
        "at": NOON + timedelta(minutes=entry),
        "actor": "user-ines",
        "capability": "view.masked",
        "reason": "",
    }
    return Look(entry, case=case, **{**base, **more})


def found(*looks, **settings):
    return [(f.pattern, f.actor, f.entries) for f in review(looks, ReviewSettings(**settings))]


def test_an_ordinary_day_gives_nothing():
    assert (
        found(*(look(n, reason=f"the {word} of that night") for n, word in enumerate(("van", "man", "bag"))))
        == []
    )


def test_one_plate_in_many_cases():
    looks = [look(n, f"case-{n}", subjects=("plate-a", f"plate-{n}")) for n in range(3)]
    assert found(*looks) == [(Pattern.SAME_SUBJECT, "user-ines", (0, 1, 2))]
    assert found(*looks[:2]) == []
    by_two = [look(9, "case-9", subjects=("plate-a",), actor="user-otto"), *looks]
    assert found(*by_two) == [(Pattern.SAME_SUBJECT, "", (0, 1, 2, 9))]


def test_night_is_local():
    looks = [look(n, at=datetime(2026, 11, 24, 21, 30, tzinfo=UTC)) for n in range(3)]
    assert found(*looks) == []
    assert found(*looks, zone="Europe/Paris") == [(Pattern.NIGHT, "user-ines", (0, 1, 2))]
    assert found(*looks[:2], zone="Europe/Paris") == []
    assert found(*looks, night=(21, 22)) == [(Pattern.NIGHT, "user-ines", (0, 1, 2))]
    with pytest.raises(UsageError, match="no time zone"):
        found(*looks, zone="Mars/Base")


def test_a_pasted_reason_is_told_through_its_disguise():
    looks = [look(n, f"case-{n % 2}", reason=f"Check  No. {n}: the SUSPECT") for n in range(5)]
    assert found(*looks) == [(Pattern.SAME_REASON, "user-ines", (0, 1, 2, 3, 4))]
    assert found(*looks[:4]) == []
    assert found(*(look(n, reason="the same in one case") for n in range(9))) == []


def test_clear_views_that_led_nowhere():
    clear = [look(n, capability="view.unmasked", subjects=(f"t{n}",)) for n in range(2)]
    assert found(*clear) == [(Pattern.CLEAR_WITHOUT_EXPORT, "user-ines", (0, 1))]
    assert found(*clear, look(7, capability="export.masked")) == []
    assert len(found(*clear, look(7, "case-2", capability="export.masked"))) == 1


def test_a_part_of_a_look_is_no_other_look_but_shows_what_it_shows():
    late = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)
    whole = [look(n, f"case-{n}", at=late, reason="the suspect") for n in range(2)]
    parts = [
        look(9 + n, f"case-{n}", at=late, reason="the suspect", part=True, capability="view.unmasked")
        for n in range(5)
    ]
    assert {pattern for pattern, _, _ in found(*whole, *parts)} == {Pattern.CLEAR_WITHOUT_EXPORT}
    assert found(*whole, look(8, at=late))[0][0] is Pattern.NIGHT
    shown = [look(n, f"case-{n}", subjects=("t",), part=True) for n in range(3)]
    assert [pattern for pattern, _, _ in found(*shown)] == [Pattern.SAME_SUBJECT]


def test_the_order_of_the_log_does_not_matter():
    looks = [look(n, f"case-{n}", subjects=("p",)) for n in range(4)]
    assert found(*looks) == found(*reversed(looks))

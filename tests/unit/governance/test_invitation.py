"""Invitations: the one that was drawn holds, in time, and nothing else does."""

from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from synopticon.governance.invitation import LASTS, holds, invite, invited, is_invitation
from synopticon.governance.passwords import hash_password
from tests.people import NOW


def test_it_holds_until_its_end_and_says_whose_it_is():
    made = invite("user-1", NOW)
    assert invited(made.secret) == "user-1"
    assert holds(made.stored, made.secret, made.until - timedelta(microseconds=1))
    assert not holds(made.stored, made.secret, made.until)
    assert made.until == NOW + LASTS


def test_each_is_another_and_its_secret_is_not_kept():
    one, two = invite("user-1", NOW), invite("user-1", NOW)
    assert not holds(one.stored, two.secret, NOW)
    assert one.secret.partition(".")[2] not in one.stored


@given(st.text(max_size=80))
def test_nothing_that_was_made_up_holds(text):
    made = invite("user-1", NOW)
    assert not holds(made.stored, text, NOW)
    assert not holds(made.stored, f"user-1.{text}", NOW)


def test_a_password_is_no_invitation():
    stored = hash_password("four words make sense")
    assert not is_invitation(stored)
    assert not holds(stored, "four words make sense", NOW)

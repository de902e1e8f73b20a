from dataclasses import replace
from datetime import date

import pytest

from synopticon.errors import RefusedError, StoreError, UsageError
from synopticon.governance import passwords
from synopticon.governance.keys import SigningKey
from synopticon.governance.passwords import check_password, hash_password, is_outdated
from synopticon.governance.users import (
    SYSTEM,
    Authorisation,
    Role,
    User,
    alone,
    enrol,
    new_user,
    prove_possession,
    retire,
)  # fmt: skip
from tests.people import DAY, HOUR, INES, KEYS, NOW


@pytest.mark.parametrize(
    "roles",
    [
        {Role.ADMINISTRATOR, Role.INVESTIGATOR},
        {Role.ADMINISTRATOR, Role.OPERATOR},
        {Role.ADMINISTRATOR, Role.APPROVER},
        {Role.ADMINISTRATOR, Role.DPO},
        {Role.AUDITOR, Role.OPERATOR},
        {Role.AUDITOR, Role.DPO},
        {Role.DPO, Role.INVESTIGATOR},
        {Role.SYSTEM},
        set(),
    ],
)
def test_roles_that_must_not_meet(roles):
    with pytest.raises(UsageError, match=r"choose"):
        new_user(replace(INES, roles=frozenset(roles)))


def test_roles_that_may_meet():
    assert new_user(replace(INES, roles=frozenset({Role.INVESTIGATOR, Role.OPERATOR, Role.APPROVER})))
    for own in ("system", "account-root"):
        with pytest.raises(UsageError, match="the program's own"):
            new_user(replace(INES, id=own))
    with pytest.raises(UsageError, match="name or no unit"):
        new_user(replace(INES, name=" "))


def test_a_key_is_enrolled_by_whoever_holds_it():
    bare, key = User("user-x", "x", "unit-1", frozenset({Role.OPERATOR})), SigningKey.make()
    user = enrol(bare, key.public, prove_possession("user-x", key), NOW)
    assert user.key_at(NOW) == key.public.text()
    assert user.key_at(NOW - HOUR) is None
    for proof in (b"", prove_possession("user-y", key), prove_possession("user-x", SigningKey.make())):
        with pytest.raises(RefusedError, match="key-possession"):
            enrol(bare, key.public, proof, NOW)


def test_a_new_key_ends_the_old_one():
    key = SigningKey.make()
    user = enrol(INES, key.public, prove_possession(INES.id, key), NOW)
    assert user.key_at(NOW - DAY) == KEYS["ines"].public.text()
    assert user.key_at(NOW) == key.public.text()
    gone = retire(user, NOW + DAY)
    assert not gone.active
    assert gone.key_at(NOW + DAY) is None
    assert gone.key_at(NOW) == key.public.text()


def test_an_authorisation_holds_for_its_days():
    own = Authorisation("H-1", "the head", date(2026, 1, 1), date(2026, 12, 31))
    assert own.holds(date(2026, 12, 31))
    assert not own.holds(date(2027, 1, 1))
    assert not own.holds(date(2025, 12, 31))
    assert not replace(own, number="").holds(date(2026, 2, 1))


def test_passwords_are_kept_as_argon2id(monkeypatch, shipped_hasher):
    monkeypatch.setattr(passwords, "_HASHER", shipped_hasher)
    stored = hash_password("four words make sense")
    assert stored.startswith("$argon2id$v=19$m=65536,t=3,p=4$")
    assert check_password(stored, "four words make sense")
    assert not check_password(stored, "four words make sens")
    assert not check_password(stored, "x" * 2000)
    assert not is_outdated(stored)
    assert is_outdated(stored.replace("m=65536", "m=8192"))


@pytest.mark.parametrize("weak", ["", "short", "x" * 2000, "aaaaaaaaaaaaaaaaaa", "abababababababab"])
def test_weak_passwords(weak):
    with pytest.raises(UsageError, match="choose a few words"):
        hash_password(weak)


def test_a_damaged_hash_is_said():
    with pytest.raises(StoreError, match="choose a new one"):
        check_password("x", "four words make sense")
    assert passwords.SHORTEST >= 12


def test_who_is_nobody_has_no_role():
    assert not alone("me").roles
    assert SYSTEM.roles == {Role.SYSTEM}

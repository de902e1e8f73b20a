"""Passwords: argon2id (RFC 9106), the only place that imports it."""

from argon2 import PasswordHasher, Type
from argon2.exceptions import InvalidHashError, VerificationError, VerifyMismatchError

from synopticon.errors import StoreError, UsageError

SHORTEST = 12  # characters (ANSSI, recommendations on passwords, 2021); long ones need no odd signs
LONGEST = 1024  # characters; more only costs time
# RFC 9106, second recommended option: 64 MiB, 3 passes, 4 lanes.
_HASHER = PasswordHasher(time_cost=3, memory_cost=64 * 1024, parallelism=4, type=Type.ID)


def hash_password(password: str) -> str:
    """Return the argon2id hash of a new password; raises ``UsageError`` for one that is too weak."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise UsageError(f"a password must be {SHORTEST} to {LONGEST} characters long: choose a few words")
    if len(set(password.casefold())) < 5:
        raise UsageError("this password repeats too few characters: choose a few words")
    return _HASHER.hash(password)


def check_password(stored: str, password: str) -> bool:
    """Whether it is the password of this hash; raises ``StoreError`` for what is no hash."""
    if len(password) > LONGEST:
        return False
    try:
        return _HASHER.verify(stored, password)
    except VerifyMismatchError:
        return False
    except (InvalidHashError, VerificationError) as error:
        raise StoreError(
            "a stored password is damaged: choose a new one with 'synopticon user add'"
        ) from error


def spend(password: str) -> None:
    """Take as long as ``check_password`` does, for a name that nobody has."""
    if len(password) <= LONGEST:
        _HASHER.hash(password)


def is_outdated(stored: str) -> bool:
    """Whether the hash was made with weaker settings than today's, and should be made anew at login."""
    return _HASHER.check_needs_rehash(stored)

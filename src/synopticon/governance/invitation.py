"""An invitation: a secret that lets a user choose their password, once, within some days.

Its digest stands where the password will be: to choose a password uses it up, to invite again makes the one
before worthless, and as long as it stands there no password lets anybody in.
"""

import hashlib
import hmac
import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta

LASTS = timedelta(days=3)
_MARK = "invited"


@dataclass(frozen=True, slots=True)
class Invitation:
    """``secret``: what the user gets, with whose it is; ``stored``: what is kept; ``until`` (UTC)."""

    secret: str
    stored: str
    until: datetime


def invite(user: str, now: datetime) -> Invitation:
    """Make an invitation for the user of this id."""
    drawn, until = secrets.token_urlsafe(32), now + LASTS
    return Invitation(f"{user}.{drawn}", f"{_MARK} {until.isoformat()} {_digest(drawn)}", until)


def invited(secret: str) -> str:
    """The id of the user whom an invitation is for, as it says itself."""
    return secret.partition(".")[0]


def is_invitation(stored: str) -> bool:
    """Whether what is kept is an invitation, and no password."""
    return stored.startswith(f"{_MARK} ")


def holds(stored: str, secret: str, now: datetime) -> bool:
    """Whether a secret is the one that is kept, and not too old."""
    if not is_invitation(stored):
        return False
    _, until, digest = stored.split(" ")
    same = hmac.compare_digest(digest, _digest(secret.partition(".")[2]))
    return same and now < datetime.fromisoformat(until)


def _digest(drawn: str) -> str:
    return hashlib.sha256(drawn.encode()).hexdigest()

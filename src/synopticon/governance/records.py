"""What governance asks of whoever stores units, users, cases and profiles (``store.cases`` does)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from typing import Protocol

from synopticon.governance.approval import Approval, ApprovalRequest
from synopticon.governance.case import Case, Closing, Dpia
from synopticon.governance.emergency import Notice
from synopticon.governance.profile import Profile
from synopticon.governance.users import SignIn, Unit, User


class People(Protocol):
    """Units, users and how they sign in."""

    def add_unit(self, unit: Unit) -> None:
        """Add a unit; raises ``UsageError`` if its name is taken."""

    def units(self) -> tuple[Unit, ...]:
        """All units, by name."""

    def add_user(self, user: User, password: str) -> None:
        """Add a user with a hash of their password; raises ``UsageError`` if the name is taken."""

    def save_user(self, user: User) -> None:
        """Store a changed user: name, roles, keys, authorisation, whether active."""

    def user(self, user: str) -> User | None:
        """The user of this id."""

    def user_named(self, name: str) -> User | None:
        """The user of this name."""

    def users(self, unit: str | None = None) -> tuple[User, ...]:
        """All users (of a unit), by name."""

    def set_password(self, user: str, password: str) -> None:
        """Store another hash for a user."""

    def password(self, user: str) -> str | None:
        """The stored hash of a user."""

    def open_session(self, user: str, sign_in: SignIn, until: datetime) -> str:
        """Return a secret token that stands for a user who signed in; only its digest is stored."""

    def session(self, token: str, now: datetime) -> tuple[User, SignIn] | None:
        """Who a token stands for, if it still holds and the user is active."""

    def close_session(self, token: str) -> None:
        """End a session."""


class Cases(Protocol):
    """Cases as what was asked, answered and closed; rows are only ever added."""

    def add_request(self, request: ApprovalRequest) -> None:
        """Store a request; the first of a case opens it."""

    def add_approval(self, approval: Approval) -> None:
        """Store an approval of a request that is here; verified before."""

    def close(self, case: str, closing: Closing) -> None:
        """Store how a case ended; raises ``UsageError`` if it was closed before."""

    def case(self, case: str) -> Case | None:
        """The case of this id, of any unit: callers show it to its unit only."""

    def cases(self, unit: str) -> tuple[Case, ...]:
        """The cases of a unit, oldest first."""

    def signers(self, case: Case) -> Mapping[str, User]:
        """The requesters and approvers of a case, by id."""

    def requesters(self, camera: str) -> frozenset[str]:
        """Who asked for the cases, not closed, whose scope names a camera."""


class Frame(Protocol):
    """The profile in force, impact assessments, notices."""

    def use_profile(self, profile: Profile, now: datetime) -> None:
        """Put a profile in force."""

    def profile(self) -> Profile | None:
        """The profile in force."""

    def register_dpia(self, dpia: Dpia, now: datetime) -> None:
        """Store an impact assessment."""

    def dpias(self) -> tuple[Dpia, ...]:
        """All impact assessments, the latest last."""

    def add_notices(self, notices: Iterable[Notice]) -> None:
        """Store notices."""

    def notices(self, user: str) -> tuple[Notice, ...]:
        """What a user has not confirmed having read."""

    def read_notice(self, notice: str, user: str, now: datetime) -> None:
        """Confirm that a user read a notice of theirs; raises ``UsageError`` if there is none."""

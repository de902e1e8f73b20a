"""Passwords: wrong ones wait, everybody alike; one's own is changed, another's is reset and told."""

import multiprocessing

import pytest

from synopticon.acts import people
from synopticon.acts.workspace import open_workspace
from synopticon.errors import RefusedError, UsageError
from synopticon.governance import passwords
from synopticon.governance.lockout import FREE
from synopticon.governance.users import Role
from synopticon.store.database import migrate, open_database
from synopticon.store.tries import TryStore
from tests.people import NOW
from tests.unit.acts.test_cases import PASSWORD, clock, keys, rule, workspace

__all__ = ["clock", "keys", "workspace"]  # fixtures
NEW = "five other words for it"


def wrong(workspace, name, times=1):
    """The rules that refuse so many wrong passwords, one after the other."""
    return [rule(people.login, workspace, name, "not the four words") for _ in range(times)]


def test_after_five_wrong_passwords_even_the_right_one_waits(workspace, keys):
    assert set(wrong(workspace, "axel", FREE)) == {"user.password"}
    assert rule(people.login, workspace, "axel", PASSWORD) == "user.password-wait"
    assert people.login(workspace, "ines", PASSWORD).name == "ines"  # nobody else waits
    workspace.clock.later(seconds=61)
    assert wrong(workspace, "axel") == ["user.password"]
    workspace.clock.later(seconds=61)
    assert wrong(workspace, "axel") == ["user.password-wait"]  # twice as long now
    workspace.clock.later(seconds=60)
    assert people.login(workspace, "axel", PASSWORD).name == "axel"
    assert wrong(workspace, "axel", FREE)[-1] == "user.password"  # counted from the start again


def test_each_wrong_password_is_a_refusal_in_the_log_that_says_of_whom(workspace, keys):
    before = workspace.log.storage.size()
    wrong(workspace, "axel", FREE + 2)
    wrong(workspace, "a password typed as a name")
    found = list(workspace.log.entries(before))
    assert {(e.header.kind, e.header.capability) for e in found} == {("refusal", "user.login")}
    axel = people.find_user(workspace, "axel").id
    assert [e.payload.get("about") for e in found] == [axel] * (FREE + 2) + [None]
    rules = [e.payload["rule"] for e in found]
    assert rules == ["user.password"] * FREE + ["user.password-wait"] * 2 + ["user.password"]
    text = b"typed as a name"
    assert not [e for e in found if text in e.sealed or text in e.leaf]


class Counted:
    """Counts what takes the time."""

    def __init__(self, hasher):
        self.hasher, self.done = hasher, []

    def __getattr__(self, name):
        return getattr(self.hasher, name)

    def verify(self, *given):
        self.done.append(1)
        return self.hasher.verify(*given)

    def hash(self, *given):
        self.done.append(1)
        return self.hasher.hash(*given)


@pytest.mark.parametrize("name", ["axel", "nobody", "retired", " axel "])
def test_who_is_a_user_cannot_be_told_from_words_or_work(workspace, keys, monkeypatch, name):
    people.login(workspace, "ada", PASSWORD)
    people.add_user(workspace, "retired", "North", frozenset({Role.OPERATOR}), PASSWORD)
    people.retire_user(workspace, "retired")
    counted = Counted(passwords._HASHER)
    monkeypatch.setattr(passwords, "_HASHER", counted)
    words = []
    for _ in range(FREE + 1):
        with pytest.raises(RefusedError) as refused:
            people.login(workspace, name, "not the four words")
        words.append(str(refused.value))
    assert len(counted.done) == FREE
    assert set(words[:-1]) == {"no user of this name and password (rule user.password): check both"}
    assert words[-1] == (
        "too many wrong passwords for this name (rule user.password-wait): wait 1 min, then try again"
    )
    counted.done.clear()
    rule(people.login, workspace, f"{name} 2", "x" * 2000)
    assert not counted.done


def guess(url, start, found):
    store = TryStore(open_database(url))
    start.wait()
    for _ in range(4):
        try:
            store.begin("axel", NOW)
            found.put("looked")
        except RefusedError:
            found.put("waits")


def test_processes_count_together(database_url):
    """Six processes guess four times each at one moment: no more than five passwords are looked at."""
    engine = open_database(database_url)
    migrate(engine)
    engine.dispose()
    fork = multiprocessing.get_context("fork")
    start, found = fork.Event(), fork.Queue()
    workers = [fork.Process(target=guess, args=(database_url, start, found)) for _ in range(6)]
    for worker in workers:
        worker.start()
    start.set()
    answers = [found.get(timeout=60) for _ in range(24)]
    for worker in workers:
        worker.join(60)
    assert answers.count("looked") == FREE
    store = TryStore(open_database(database_url))
    assert store.waiting(NOW) == 1
    store.right("axel")
    assert store.waiting(NOW) == 0


def test_one_changes_ones_own_password(workspace, keys):
    token = workspace.session_file.read_text()
    assert rule(people.change_password, workspace, "not the four words", NEW) == "user.password"
    with pytest.raises(UsageError, match="12 to"):
        people.change_password(workspace, PASSWORD, "short")
    people.change_password(workspace, PASSWORD, NEW)
    assert workspace.people.session(token.strip(), workspace.clock()) is None  # elsewhere: signed out
    with open_workspace(workspace.folder, clock=workspace.clock) as again:
        assert again.actor.name == "ines"  # here: still signed in
    assert rule(people.login, workspace, "ines", PASSWORD) == "user.password"
    assert people.login(workspace, "ines", NEW).name == "ines"
    last = [(e.header.kind, e.header.capability) for e in workspace.log.entries()]
    assert ("record", "user.password") in last
    assert ("refusal", "user.password") in last


def test_an_administrator_resets_a_password_and_its_owner_is_told(workspace, keys):
    assert rule(people.reset_password, workspace, "axel", NEW) == "role.may"
    people.login(workspace, "ada", PASSWORD)
    with pytest.raises(UsageError, match="is you"):
        people.reset_password(workspace, "ada", NEW)
    wrong(workspace, "axel", FREE)
    people.reset_password(workspace, "axel", NEW)
    people.login(workspace, "axel", NEW)  # and waits no longer
    (notice,) = people.my_notices(workspace)
    assert "ada gave you another password" in notice.text
    people.confirm_notice(workspace, notice.id)
    assert not people.my_notices(workspace)
    with pytest.raises(UsageError, match="no notice of yours"):
        people.confirm_notice(workspace, "notice-of-others")

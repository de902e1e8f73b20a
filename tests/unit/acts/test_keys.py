"""The log's key is changed; wherever that is broken off, one of the two files is the log's key."""

import pytest

from synopticon.acts import keys as changing
from synopticon.acts.keys import rotate_key
from synopticon.acts.workspace import LOG_KEY, NEXT_KEY, open_workspace
from synopticon.errors import AuditError
from synopticon.governance.audit.export import write_export
from synopticon.governance.audit.log import AuditLog
from synopticon.governance.audit.verify import verify_export, verify_log
from synopticon.governance.keys import SigningKey


@pytest.fixture
def folder(tmp_path):
    with open_workspace(tmp_path / "ws", passphrase="open sesame") as made:
        return made.folder


def opened(folder):
    return open_workspace(folder, passphrase="open sesame")


def names(folder):
    return {p.name for p in (folder / "keys").iterdir()}


def goes_on(folder, key):
    """The next act is signed with this key, and all of the log verifies."""
    with opened(folder) as here:
        assert here.log.public == key
        with here.act("audit.read"):
            pass
        return verify_log(here.log)


def test_a_new_key_signs_and_the_first_one_still_proves_the_log(folder, tmp_path):
    with opened(folder) as here, opened(folder) as other:
        first = other.log.public
        second = rotate_key(here)
        with pytest.raises(AuditError, match=second.fingerprint), other.act("audit.read"):
            pass
    assert goes_on(folder, second).changes
    assert NEXT_KEY not in names(folder)
    assert SigningKey.load(folder / "keys" / LOG_KEY, "open sesame").public == second
    with opened(folder) as here:
        rotate_key(here)
        write_export(here.log, tmp_path / "log")
    for key in (first, second):
        assert len(verify_export(tmp_path / "log", key).changes) == 2
    with pytest.raises(AuditError, match="another key"):
        verify_export(tmp_path / "log", SigningKey.make().public)


class Killed(BaseException):
    """The process ends here."""


def kill(*_):
    raise Killed


def test_killed_before_the_log_knew_of_it_the_old_key_stays(folder, monkeypatch):
    with opened(folder) as here:
        old = here.log.public
        monkeypatch.setattr(AuditLog, "rotate", kill)
        with pytest.raises(Killed):
            rotate_key(here)
        monkeypatch.undo()
    assert NEXT_KEY in names(folder)
    assert not goes_on(folder, old).changes
    with opened(folder) as here:
        new = rotate_key(here)
    assert goes_on(folder, new).changes
    assert NEXT_KEY not in names(folder)


def test_killed_after_the_log_knew_of_it_the_new_key_counts(folder, monkeypatch):
    with opened(folder) as here:
        old = here.log.public
        monkeypatch.setattr(changing, "_replace", kill)
        with pytest.raises(Killed):
            rotate_key(here)
        new = here.log.public
        monkeypatch.undo()
    assert new != old
    assert goes_on(folder, new).changes
    with opened(folder) as here:
        last = rotate_key(here)  # which first ends what was broken off
    assert len(goes_on(folder, last).changes) == 2
    assert NEXT_KEY not in names(folder)

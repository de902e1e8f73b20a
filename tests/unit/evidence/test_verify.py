"""Whatever is done to a package is found, and named."""

import json
import os
import re
import shutil
from hashlib import sha256

import pytest

from synopticon.errors import UsageError
from synopticon.evidence import format as form
from synopticon.evidence.verify import verify_package
from synopticon.governance.canonical import canonical
from synopticon.governance.keys import SigningKey
from tests.logs import house, make_log
from tests.packages import CHANGES, TO, changes, make_package, resign, witnessed_log


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("made"))


@pytest.fixture
def package(made, tmp_path):
    return shutil.copytree(made[0], tmp_path / "package")


def problems(package, key=""):
    return [str(p) for p in verify_package(package, key).problems]


def test_a_good_package_says_what_is_proved_and_what_not(made):
    package, log = made
    report = verify_package(package)
    assert report.good
    text = "\n".join(report.lines())
    assert text.startswith(f"signed by {log.origin}, key {log.public.fingerprint}")
    assert "key taken from the package: proves integrity, not authorship" in text
    assert "proved: all 5 files" in text
    assert "signed by library.example" in text
    assert "not proved: who holds the key" in text
    assert TO in text
    assert len(report.acts) == 1
    assert report.acts[0].capability == "handover"


@pytest.mark.parametrize("shape", ["fingerprint", "upper", "spaced", "key"])
def test_a_key_from_elsewhere_proves_who(made, shape):
    package, log = made
    print_ = log.public.fingerprint
    key = {
        "fingerprint": print_,
        "upper": print_.upper(),
        "spaced": " ".join(print_[i : i + 4] for i in range(0, 32, 4)),
        "key": log.public.text(),
    }[shape]
    report = verify_package(package, key)
    assert report.good
    assert report.key_given
    assert "taken from the package" not in "\n".join(report.lines())


def test_another_key_is_not_the_one_that_was_given(made):
    other = SigningKey.make().public
    (found,) = problems(made[0], other.text())
    assert f"not with {other.fingerprint}" in found


def test_a_log_that_nobody_saw_is_said(tmp_path):
    package, _ = make_package(tmp_path, log=make_log())
    text = "\n".join(verify_package(package).lines())
    assert (
        "not proved: the date: only the sender's own clock says so; nobody else ever signed that log" in text
    )
    assert not re.search(r"proved: entry .*20\d\d-", text)  # a date that nobody confirmed is not proved


@pytest.mark.parametrize("name", ["footage/yard.mkv", "receipt.txt", "log.json", "verify.html"])
def test_a_changed_file_is_named(package, name):
    data = bytearray((package / name).read_bytes())
    data[len(data) // 2] ^= 1
    (package / name).write_bytes(data)
    assert any(line.startswith(f"{name}: was changed: its SHA-256 is") for line in problems(package))


def test_a_longer_file_is_named_with_its_size(package):
    with (package / "receipt.txt").open("ab") as file:
        file.write(b"x")
    (found,) = problems(package)
    assert found == "receipt.txt: was changed: it has 7 bytes, not 6"


def test_all_that_is_bad_is_named(package):
    (package / "receipt.txt").unlink()
    (package / "footage" / "yard.mkv").rename(package / "footage" / "garden.mkv")
    (package / "footage" / "more").mkdir()
    (package / "footage" / "more" / "extra.txt").write_text("x")
    assert sorted(problems(package)) == [
        "footage/garden.mkv: does not belong to the package: it was added, or renamed",
        "footage/more/extra.txt: does not belong to the package: it was added, or renamed",
        "footage/yard.mkv: is missing",
        "receipt.txt: is missing",
    ]


@pytest.mark.parametrize(
    "name", ["manifest.json", "signature.txt", "log.json", "footage/yard.mkv", "footage"]
)
@pytest.mark.posix
def test_a_link_is_no_file_of_the_package(package, tmp_path, name):
    """Also one that leads to the very same bytes."""
    (package / name).rename(tmp_path / "elsewhere")
    (package / name).symlink_to(tmp_path / "elsewhere")
    assert any(line.startswith(f"{name}: is a link") for line in problems(package))


@pytest.mark.posix
def test_a_pipe_is_no_file_and_is_not_waited_for(package):
    os.mkfifo(package / "footage" / "pipe")
    assert problems(package) == ["footage/pipe: is no regular file: a package holds files only"]


def test_what_an_operating_system_leaves_is_said_and_no_change(package):
    (package / ".DS_Store").write_bytes(b"x")
    (package / "footage" / "Thumbs.db").write_bytes(b"x")
    report = verify_package(package)
    assert report.good
    assert [r.split(":")[0] for r in report.remarks] == [".DS_Store", "footage/Thumbs.db"]


@pytest.mark.parametrize("name", [form.SIGNATURE, form.LOG])
def test_what_cannot_be_missing(package, name):
    (package / name).unlink()
    assert problems(package) == [f"{name}: is missing"]


def test_no_package_is_told(tmp_path, package):
    with pytest.raises(UsageError, match="is no package"):
        verify_package(tmp_path / "nothing")
    with pytest.raises(UsageError, match="is no package"):
        verify_package(package / "footage")
    with pytest.raises(UsageError, match="no base64"):
        verify_package(package, "my key")


def test_packages_that_lie_in_what_is_named_are_told(tmp_path, package):
    (tmp_path / form.PAGE).write_bytes(b"a page from elsewhere")
    with pytest.raises(UsageError, match=r"is no package: .*; these lie in it: package$"):
        verify_package(tmp_path)


@pytest.mark.parametrize("left", [form.SIGNATURE, form.LOG, form.PAGE])
def test_a_package_without_its_manifest_fails(package, left):
    (package / form.MANIFEST).unlink()
    for name in {form.SIGNATURE, form.LOG, form.PAGE} - {left}:
        (package / name).unlink()
    assert problems(package) == ["manifest.json: is missing: nothing here can be checked"]


def test_a_newer_version_has_its_own_line(package, made):
    resign(package, SigningKey.make(), lambda fields: fields.update(version=2))
    (found,) = problems(package)
    assert "is of version 2, newer than this program knows (1), and was not checked" in found


@pytest.mark.parametrize("wrong", [0, -1, 1.5, "1", None, True])
def test_a_version_that_never_was(package, wrong):
    resign(package, SigningKey.make(), lambda fields: fields.update(version=wrong))
    (found,) = problems(package)
    assert found.startswith("manifest.json: ")


def test_signing_again_needs_the_key(package, made):
    """Another's signature does not do, and his own key is another fingerprint."""
    forger = SigningKey.make()
    resign(package, forger, lambda fields: fields.update(recipient="nobody"))
    assert any(line.startswith("signature.txt: is not signed by") for line in problems(package))
    assert "that does not hold" in verify_package(package).lines()[0]

    def own(fields):
        fields["signer"] |= {"key": forger.public.text(), "fingerprint": forger.public.fingerprint}

    resign(package, forger, own)
    assert any("log.json: is not signed by" in line for line in problems(package))
    assert any("not with" in line for line in problems(package, made[1].public.fingerprint))


def edit_log(package, log, change):
    """What the holder of the key can do: change the log's part, list it again, and sign."""
    told = json.loads((package / form.LOG).read_bytes())
    change(told)
    data = canonical(told)
    (package / form.LOG).write_bytes(data)

    def relist(fields):
        for one in fields["files"]:
            if one["path"] == form.LOG:
                one |= {"size": len(data), "sha256": sha256(data).hexdigest()}

    resign(package, log._key, relist)


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda t: t["entries"][0]["path"].pop(), "proof"),
        (lambda t: t["entries"][0]["path"].append(t["entries"][0]["path"][0]), "proof"),
        (lambda t: t["entries"][0]["header"].update(actor="user-2"), "proof"),
        (lambda t: t["entries"][0]["header"].update(sequence=3), "proof"),
        (lambda t: t["entries"][0]["payload"].update(recipient="x"), "payload was changed"),
        (lambda t: t["entries"].clear(), "which made the package, is not in it"),
        (lambda t: t["witnessed"]["consistency"].pop(), "proof"),
        (lambda t: t["witnessed"]["by"][0].update(key=SigningKey.make().public.text()), "did not sign"),
        (lambda t: t["witnessed"]["by"].clear(), "did not sign"),
        (lambda t: t.update(checkpoint=t["witnessed"]["checkpoint"]), "proof"),
        (lambda t: t.update(checkpoint=t["checkpoint"].replace("\n\n", "\nmore\n\n")), "does not fit"),
        (lambda t: t.pop("witnessed"), "does not say"),
        (lambda t: t["entries"][0].pop("salt"), "does not say"),
        (lambda t: t["entries"].append(7), "does not say"),
    ],
)
def test_a_proof_that_was_changed_is_found_whoever_signed(package, made, change, expected):
    edit_log(package, made[1], change)
    found = problems(package)
    assert found
    assert all(line.startswith("log.json: ") for line in found)
    assert expected in found[0]


def test_the_entry_and_the_package_name_the_same_recipient(package, made):
    resign(package, made[1]._key, lambda fields: fields.update(recipient="somebody else"))
    (found,) = problems(package)
    assert "is of another recipient or of other recordings" in found


def test_a_payload_may_be_withheld(package, made):
    def withhold(told):
        for name in ("payload", "salt"):
            told["entries"][0].pop(name)

    edit_log(package, made[1], withhold)
    report = verify_package(package)
    assert report.good
    assert not report.acts[0].said


def test_a_forged_page_is_said_even_where_its_digest_was_signed(package, made):
    (package / form.PAGE).write_bytes(b"<h1>all good</h1>")

    def relist(fields):
        for one in fields["files"]:
            if one["path"] == form.PAGE:
                data = (package / form.PAGE).read_bytes()
                one |= {"size": len(data), "sha256": sha256(data).hexdigest()}

    resign(package, made[1]._key, relist)
    report = verify_package(package)
    assert report.good
    assert any("is not the page of this release" in remark for remark in report.remarks)


@pytest.mark.parametrize(
    "change",
    [
        lambda f: f["files"].reverse(),
        lambda f: f["files"][0].update(path="../x"),
        lambda f: f["files"].append(dict(f["files"][0])),
        lambda f: f["files"][0].update(size=-1),
        lambda f: f["files"][0].update(sha256="AB" * 32),
        lambda f: f.update(more=1),
        lambda f: f.update(entry="1"),
        lambda f: f["signer"].update(fingerprint="0" * 32),
        lambda f: f.update(format="another"),
        lambda f: f.update(files={}),
    ],
)
def test_a_manifest_that_makes_no_sense_is_one_line(package, made, change):
    resign(package, made[1]._key, change)
    (found,) = problems(package)
    assert found.startswith("manifest.json: ")


@pytest.mark.parametrize("data", [b"", b"{", b"[]", b"\xff", b'{"format": 1}', b"[" * 100_000])
def test_bytes_that_are_no_manifest(package, data):
    (package / form.MANIFEST).write_bytes(data)
    (found,) = problems(package)
    assert found.startswith("manifest.json: ")


def test_many_changes_of_one_byte_are_all_found(package):
    missed = [where for where in changes(package, CHANGES, seed=2) if verify_package(package).good]
    assert missed == []
    assert verify_package(package).good


def test_a_witness_of_the_log_is_shown_with_the_key(made):
    report = verify_package(made[0])
    assert report.witnessed is not None
    assert report.witnessed.by[0][0] == "library.example"
    assert report.witnessed.size < report.log_size


def test_a_key_that_changed_signs_for_the_whole(tmp_path):
    """After a change of key the checkpoint is signed by the new one, which signs the package, too."""
    log = witnessed_log()
    log.rotate(SigningKey.make(), house("key.rotate"))
    package, _ = make_package(tmp_path, log=log)
    assert verify_package(package, log.public.fingerprint).good

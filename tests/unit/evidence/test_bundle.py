"""A package as one file: the same folder comes out of it, and it is there whole or not at all."""

from zipfile import ZipFile

import pytest

from synopticon.errors import OutputError
from synopticon.evidence.bundle import bundle
from synopticon.evidence.verify import verify_package
from tests.packages import make_package


@pytest.fixture(scope="module")
def package(tmp_path_factory):
    return make_package(tmp_path_factory.mktemp("made"))[0]


def packed(folder, target, **more):
    bundle(folder, target, "court", **more)
    return target.read_bytes()


def test_what_comes_out_of_it_is_the_package(package, tmp_path):
    told = []
    packed(package, tmp_path / "a.zip", tell=told.append)
    with ZipFile(tmp_path / "a.zip") as archive:
        assert {name.split("/")[0] for name in archive.namelist()} == {"court"}
        archive.extractall(tmp_path / "out")
    out = tmp_path / "out" / "court"
    names = sorted(p.relative_to(package) for p in package.rglob("*") if p.is_file())
    assert [(out / name).read_bytes() for name in names] == [(package / name).read_bytes() for name in names]
    assert verify_package(out).good
    assert told == sorted(told)
    assert told[-1] == 1.0


def test_the_same_package_gives_the_same_bytes(package, tmp_path):
    assert packed(package, tmp_path / "a.zip") == packed(package, tmp_path / "b.zip")


def test_one_that_breaks_off_leaves_nothing(package, tmp_path):
    def stop(share):
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        bundle(package, tmp_path / "a.zip", "court", stop)
    assert list(tmp_path.glob("*.zip")) == []
    (tmp_path / "a.zip").write_bytes(b"another")
    with pytest.raises(OutputError):
        bundle(package, tmp_path / "a.zip", "court")
    assert (tmp_path / "a.zip").read_bytes() == b"another"

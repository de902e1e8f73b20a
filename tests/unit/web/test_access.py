"""Where the server listens: never in the open beyond this machine."""

import pytest

from synopticon.errors import UsageError
from synopticon.web.access import PORT, access, is_loopback


@pytest.mark.parametrize("host", ["127.0.0.1", "127.8.8.8", "::1", "localhost"])
def test_this_machine_alone_needs_nothing(host):
    assert not access(host, PORT).secure


@pytest.mark.parametrize(
    "host", ["0.0.0.0", "::", "192.168.1.5", "review.example.org", "", "127.0.0.1.evil.example"]
)
def test_beyond_this_machine_it_refuses_without_tls(host):
    assert not is_loopback(host)
    with pytest.raises(UsageError, match="--tls-cert"):
        access(host, PORT, names=("review.example.org",))


def test_it_must_know_its_name_there(tmp_path):
    with pytest.raises(UsageError, match="--name"):
        access("0.0.0.0", PORT, proxied=True)
    with pytest.raises(UsageError, match="--name"):
        access("127.0.0.1", PORT, proxied=True)


def test_a_certificate_goes_with_its_key(tmp_path):
    pem = tmp_path / "a.pem"
    pem.write_text("x")
    with pytest.raises(UsageError, match="both"):
        access("0.0.0.0", PORT, certificate=pem)
    with pytest.raises(UsageError, match="is no file"):
        access("0.0.0.0", PORT, certificate=pem, key=tmp_path / "none.pem")
    with pytest.raises(UsageError, match="either"):
        access("0.0.0.0", PORT, certificate=pem, key=pem, proxied=True, names=("a",))
    made = access("0.0.0.0", PORT, certificate=pem, key=pem, names=("review.example.org",))
    assert made.secure
    assert made.hosts(PORT) == {f"review.example.org:{PORT}"}
    assert made.hosts(443) == {"review.example.org"}
    assert made.address(PORT) == f"https://review.example.org:{PORT}"


def test_the_names_that_are_answered_to():
    assert access("127.0.0.1", 0).hosts(99) == {"127.0.0.1:99", "localhost:99", "[::1]:99"}
    assert access("127.0.0.1", 0).address(99) == "http://127.0.0.1:99"
    behind = access("0.0.0.0", PORT, names=("Review.example.org",), proxied=True)
    assert behind.hosts(PORT) == {"review.example.org"}
    assert behind.address(PORT) == "https://Review.example.org"
    assert access("::1", 0).address(99) == "http://[::1]:99"

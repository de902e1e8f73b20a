import os
import pickle
import stat

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from synopticon.errors import OutputError, StoreError, UsageError
from synopticon.governance.keys import (
    BoxKey,
    BoxPublic,
    DataKey,
    PublicKey,
    SigningKey,
    key_id,
    unbase64,
    unwrap,
    wrap,
)


def test_a_signature_is_of_one_key_and_one_text():
    key, other = SigningKey.make(), SigningKey.make()
    signature = key.sign(b"text")
    assert key.public.verify(signature, b"text")
    assert not key.public.verify(signature, b"Text")
    assert not other.public.verify(signature, b"text")
    assert not key.public.verify(signature[:-1], b"text")
    assert not key.public.verify(b"", b"text")


def test_vector_of_rfc_8032():
    # section 7.1, test 2
    secret = bytes.fromhex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb")
    key = SigningKey.of(Ed25519PrivateKey.from_private_bytes(secret))
    assert key.public.raw.hex() == "3d4017c3e843895a92b70aa74d1b7ebc9c982ccf2ec4968cc0cd55f12af4660c"
    assert key.sign(b"\x72").hex().startswith("92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8f")


def test_a_second_writing_of_a_signature_is_refused():
    """Adding the order of the group to the second half must not give another valid signature."""
    key = SigningKey.make()
    signature = key.sign(b"text")
    order = 2**252 + 27742317777372353535851937790883648493
    second = (int.from_bytes(signature[32:], "little") + order).to_bytes(32, "little")
    assert not key.public.verify(signature[:32] + second, b"text")


@pytest.mark.parametrize("kind", [SigningKey, BoxKey])
@pytest.mark.parametrize("passphrase", [None, "a secret"])
def test_a_saved_key_comes_back(kind, passphrase, tmp_path):
    key = kind.make()
    key.save(tmp_path / "k.pem", passphrase)
    assert kind.load(tmp_path / "k.pem", passphrase).public == key.public
    assert [p.name for p in tmp_path.iterdir()] == ["k.pem"]


@pytest.mark.posix
def test_a_key_file_is_its_owners_only(tmp_path):
    old = os.umask(0)
    try:
        SigningKey.make().save(tmp_path / "k.pem")
    finally:
        os.umask(old)
    assert stat.S_IMODE((tmp_path / "k.pem").stat().st_mode) == 0o600


def test_a_key_file_is_never_replaced(tmp_path):
    key = SigningKey.make()
    key.save(tmp_path / "k.pem")
    with pytest.raises(OutputError, match="exists already"):
        SigningKey.make().save(tmp_path / "k.pem")
    assert SigningKey.load(tmp_path / "k.pem").public == key.public
    with pytest.raises(OutputError, match="choose another folder"):
        key.save(tmp_path / "no" / "k.pem")


def test_what_is_no_key_of_that_kind_is_named(tmp_path):
    SigningKey.make().save(tmp_path / "s.pem", "right")
    BoxKey.make().save(tmp_path / "b.pem")
    (tmp_path / "text.pem").write_text("hello")
    wrong = [
        (tmp_path / "s.pem", "wrong", "passphrase is wrong"),
        (tmp_path / "s.pem", None, "has a passphrase: give it"),
        (tmp_path / "b.pem", None, "another kind"),
        (tmp_path / "b.pem", "one", "has no passphrase"),
        (tmp_path / "text.pem", None, "no private key"),
        (tmp_path / "none.pem", None, "cannot be read"),
    ]
    for path, passphrase, said in wrong:
        with pytest.raises(UsageError, match=said) as caught:
            SigningKey.load(path, passphrase)
        assert str(path) in str(caught.value)


def test_public_keys_travel_as_text():
    for public in (SigningKey.make().public, BoxKey.make().public):
        assert type(public).of_text(public.text() + "\n") == public
        assert len(public.fingerprint) == 32
    with pytest.raises(UsageError):
        PublicKey.of_text("AAAA")
    with pytest.raises(UsageError):
        BoxPublic.of_text("no base64")


@pytest.mark.parametrize("text", ["AAF=", "AAE", "AAE=\n", "A AE=", "é", "AAE=="])
def test_base64_has_one_writing(text):
    assert unbase64("AAE=") == b"\x00\x01"
    with pytest.raises(UsageError, match="base64"):
        unbase64(text)


def test_sealed_data_opens_only_whole_with_its_key_in_its_place():
    key = DataKey.make()
    sealed = key.seal(b"pixels", b"cam-1/2026-11-24/a")
    assert key.open(sealed, b"cam-1/2026-11-24/a") == b"pixels"
    assert sealed != key.seal(b"pixels", b"cam-1/2026-11-24/a")
    flipped = bytes([*sealed[:-1], sealed[-1] ^ 1])
    for opener, data, about in (
        (key, sealed, b"cam-1/2026-11-24/b"),
        (key, flipped, b"cam-1/2026-11-24/a"),
        (key, sealed[:20], b"cam-1/2026-11-24/a"),
        (key, b"", b"cam-1/2026-11-24/a"),
        (DataKey.make(), sealed, b"cam-1/2026-11-24/a"),
    ):
        with pytest.raises(StoreError, match="damaged"):
            opener.open(data, about)


def test_a_wrapped_key_opens_for_its_role_only():
    role, other, key = BoxKey.make(), BoxKey.make(), DataKey.make()
    wrapped = wrap(key, role.public)
    assert unwrap(wrapped, role) == key
    assert key.raw not in wrapped
    for data, own in ((wrapped, other), (wrapped[:-1], role), (b"", role), (bytes(92), role)):
        with pytest.raises(StoreError, match="wrapped data key"):
            unwrap(data, own)


def test_a_data_key_travels_to_workers_as_its_bytes():
    key = DataKey.make()
    other = pickle.loads(pickle.dumps(key))
    assert (other, hash(other)) == (key, hash(key))
    assert other.open(key.seal(b"pixels", b"here"), b"here") == b"pixels"


def test_no_secret_shows_in_a_representation():
    key, data = SigningKey.make(), DataKey.make()
    assert repr(data) == "DataKey()"
    assert "PrivateKey" not in repr(key)
    assert "PrivateKey" not in repr(BoxKey.make())


def test_key_id_as_in_the_published_example():
    # C2SP signed-note: "PeterNeumann+c74f20a3+ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW"
    key = unbase64("ARpc2QcUPDhMQegwxbzhKqiBfsVkmqq/LDE4izWy10TW")
    assert key_id("PeterNeumann", PublicKey(key[1:])).hex() == "c74f20a3"

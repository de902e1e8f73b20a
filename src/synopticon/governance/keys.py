"""All ciphers and signatures of Synopticon: the only place that imports ``cryptography``.

``SigningKey``  Ed25519 (RFC 8032): signs checkpoints, approvals, packages.
``DataKey``     AES-256-GCM (NIST SP 800-38D): encrypts the blobs of one camera and day.
``BoxKey``      X25519 (RFC 7748) of a role: opens what ``wrap`` closed for its public half
                (an ephemeral key, HKDF-SHA256 (RFC 5869), AES-256-GCM).

Private keys lie in PEM files (PKCS #8) of mode 0600, with a passphrase if wished.
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from cryptography.exceptions import InvalidSignature, InvalidTag, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    load_pem_private_key,
)

from synopticon.aside import beside, flush_folder, remove_stale, take_place
from synopticon.errors import OutputError, StoreError, UsageError

_NONCE = 12  # bytes; 96 random bits: safe for 2**32 pictures under one key (NIST SP 800-38D, 8.3)
_KEY = 32  # bytes of every key here
ED25519 = b"\x01"  # the kind of signature in the C2SP signed-note format
COSIGNATURE = b"\x04"  # a witness's cosignature (C2SP tlog-cosignature)


@dataclass(frozen=True, slots=True)
class _Public:
    """The public half of a key; ``raw`` is its 32 bytes."""

    raw: bytes

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY:
            raise UsageError("a public key must be 32 bytes: give the text that 'text()' writes")

    @classmethod
    def of_text(cls, text: str) -> Self:
        """Read what ``text`` wrote; raises ``UsageError``."""
        return cls(unbase64(text.strip()))

    def text(self) -> str:
        """The key in base64, 44 characters."""
        return base64.b64encode(self.raw).decode()

    @property
    def fingerprint(self) -> str:
        """The first 16 bytes of the key's SHA-256, in hexadecimal: what people compare."""
        return hashlib.sha256(self.raw).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class PublicKey(_Public):
    """The public half of a signing key."""

    def verify(self, signature: bytes, data: bytes) -> bool:
        """Whether ``signature`` (64 bytes) is this key's over ``data``."""
        try:
            Ed25519PublicKey.from_public_bytes(self.raw).verify(signature, data)
        except (InvalidSignature, ValueError):
            return False
        return True


@dataclass(frozen=True, slots=True)
class SigningKey:
    """An Ed25519 key pair. Its representation shows the fingerprint only."""

    _key: Ed25519PrivateKey = field(repr=False)
    public: PublicKey

    @classmethod
    def make(cls) -> Self:
        """A new key from the system's random source."""
        return cls.of(Ed25519PrivateKey.generate())

    @classmethod
    def of(cls, key: Ed25519PrivateKey) -> Self:
        """The pair of a private key."""
        return cls(key, PublicKey(key.public_key().public_bytes_raw()))

    @classmethod
    def load(cls, path: str | Path, passphrase: str | None = None) -> Self:
        """Read a key file; raises ``UsageError`` if that, its kind or the passphrase is wrong."""
        return cls.of(_load(Path(path), passphrase, Ed25519PrivateKey))

    def save(self, path: str | Path, passphrase: str | None = None) -> None:
        """Write the key file, mode 0600, whole or not at all; raises ``OutputError`` if there is one."""
        _save(Path(path), self._key, passphrase)

    def sign(self, data: bytes) -> bytes:
        """The signature of ``data``, 64 bytes; the same data gives the same signature (RFC 8032)."""
        return self._key.sign(data)

    def mark(self, text: bytes) -> str:
        """A name for a text that only this key can make: SHA-256 of its signature, 32 hexadecimal digits.

        It is always the same, since these signatures are (RFC 8032, 5.1.6).
        """
        return hashlib.sha256(self.sign(b"synopticon mark\n" + text)).hexdigest()[:32]


@dataclass(frozen=True, slots=True)
class DataKey:
    """32 secret bytes that encrypt the blobs of one camera and day; destroying them destroys the blobs."""

    raw: bytes = field(repr=False)
    _cipher: AESGCM = field(init=False, repr=False, compare=False)
    _marks: bytes = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.raw) != _KEY:
            raise UsageError("a data key must be 32 bytes: use DataKey.make()")
        object.__setattr__(self, "_cipher", AESGCM(self.raw))
        object.__setattr__(self, "_marks", hashlib.blake2b(b"synopticon marks", key=self.raw).digest())

    def __reduce__(self) -> tuple[type[Self], tuple[bytes]]:
        """Workers are given the bytes: a cipher does not travel."""
        return type(self), (self.raw,)

    @classmethod
    def make(cls) -> Self:
        """A new key from the system's random source."""
        return cls(secrets.token_bytes(_KEY))

    def seal(self, data: bytes, about: bytes) -> bytes:
        """Encrypt, 28 bytes longer; ``about`` (where the blob belongs) is bound to it, not stored."""
        nonce = secrets.token_bytes(_NONCE)
        return nonce + self._cipher.encrypt(nonce, data, about)

    def open(self, sealed: bytes, about: bytes) -> bytes:
        """Decrypt what ``seal`` made for the same ``about``; raises ``StoreError`` if it is not that."""
        try:
            return self._cipher.decrypt(sealed[:_NONCE], memoryview(sealed)[_NONCE:], about)
        except (InvalidTag, ValueError) as error:
            raise StoreError(
                "an encrypted blob is damaged, moved, or of another key: put it back from a copy"
            ) from error

    def mark(self, text: bytes) -> bytes:
        """Keyed BLAKE2b (RFC 7693) of a text, 8 bytes, under a key derived from this one: to find it by.

        Who has not the key can neither make the mark of a text nor tell the text of a mark. Two texts of
        thousands may have one mark, once in millions of years: whoever finds by it looks at the text, too.
        """
        return hashlib.blake2b(text, digest_size=8, key=self._marks).digest()


def authentication(secret: bytes, data: bytes) -> str:
    """HMAC-SHA-256 (RFC 2104) of ``data``, 64 hexadecimal digits: who knows the secret can check it."""
    return hmac.new(secret, data, hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class BoxPublic(_Public):
    """The public half of a role's key."""


@dataclass(frozen=True, slots=True)
class BoxKey:
    """An X25519 key pair of a role: opens the data keys that were wrapped for it."""

    _key: X25519PrivateKey = field(repr=False)
    public: BoxPublic

    @classmethod
    def make(cls) -> Self:
        """A new key from the system's random source."""
        return cls.of(X25519PrivateKey.generate())

    @classmethod
    def of(cls, key: X25519PrivateKey) -> Self:
        """The pair of a private key."""
        return cls(key, BoxPublic(key.public_key().public_bytes_raw()))

    @classmethod
    def load(cls, path: str | Path, passphrase: str | None = None) -> Self:
        """Read a key file; raises ``UsageError`` if that, its kind or the passphrase is wrong."""
        return cls.of(_load(Path(path), passphrase, X25519PrivateKey))

    def save(self, path: str | Path, passphrase: str | None = None) -> None:
        """Write the key file, mode 0600, whole or not at all; raises ``OutputError`` if there is one."""
        _save(Path(path), self._key, passphrase)

    def _agree(self, other: bytes) -> bytes:
        return self._key.exchange(X25519PublicKey.from_public_bytes(other))


def wrap(key: DataKey, to: BoxPublic) -> bytes:
    """Encrypt a data key so that only the holder of ``to``'s private half opens it: 92 bytes."""
    once = BoxKey.make()
    return once.public.raw + _between(once._agree(to.raw), once.public, to).seal(key.raw, b"")


def unwrap(wrapped: bytes, own: BoxKey) -> DataKey:
    """The data key that ``wrap`` closed for ``own``; raises ``StoreError`` if it is damaged or another's."""
    try:
        once = BoxPublic(wrapped[:_KEY])
        return DataKey(_between(own._agree(once.raw), once, own.public).open(wrapped[_KEY:], b""))
    except (ValueError, StoreError) as error:
        raise StoreError("a wrapped data key is damaged or for another role: use that role's key") from error


def key_id(name: str, public: PublicKey, kind: bytes = ED25519) -> bytes:
    """The 4 bytes by which a signature names its key (C2SP signed-note, *Signatures*)."""
    return hashlib.sha256(name.encode() + b"\n" + kind + public.raw).digest()[:4]


def unbase64(text: str) -> bytes:
    r"""Decode base64 that has exactly one writing (RFC 4648, 3.5); raises ``UsageError``.

    >>> unbase64("AAE=")
    b'\x00\x01'
    """
    with suppress(binascii.Error, ValueError):
        data = base64.b64decode(text, validate=True)
        if base64.b64encode(data).decode() == text:
            return data
    raise UsageError(f"{text[:60]!r} is no base64: give it as it was written")


def _between(secret: bytes, once: BoxPublic, to: BoxPublic) -> DataKey:
    info = b"synopticon wrap 1" + once.raw + to.raw
    return DataKey(HKDF(algorithm=SHA256(), length=_KEY, salt=None, info=info).derive(secret))


def _load(path: Path, passphrase: str | None, kind: type[Any]) -> Any:
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase.encode() if passphrase else None)
    except OSError as error:
        raise UsageError(f"{path}: cannot be read ({error.strerror}): name a key file") from error
    except (TypeError, ValueError, UnsupportedAlgorithm) as error:
        raise UsageError(f"{path}: {_why(error, passphrase)}") from error
    if not isinstance(key, kind):
        raise UsageError(f"{path}: holds a key of another kind: name one that holds {_KINDS[kind]}")
    return key


_KINDS: dict[type, str] = {Ed25519PrivateKey: "an Ed25519 key", X25519PrivateKey: "an X25519 key"}


def _why(error: Exception, passphrase: str | None) -> str:
    if isinstance(error, TypeError):
        return "has no passphrase: give none" if passphrase else "has a passphrase: give it"
    return "is no private key in PEM, or the passphrase is wrong: check both"


def _save(path: Path, key: Ed25519PrivateKey | X25519PrivateKey, passphrase: str | None) -> None:
    lock: KeySerializationEncryption = NoEncryption()
    if passphrase:
        lock = BestAvailableEncryption(passphrase.encode())
    _write_private(path, key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, lock))


def _write_private(path: Path, data: bytes) -> None:
    """Write a file that only its owner reads, from its first moment on; never over another."""
    aside = beside(path)
    try:
        remove_stale(path)
        descriptor = os.open(aside, os.O_WRONLY | os.O_CREAT | os.O_EXCL | getattr(os, "O_BINARY", 0), 0o600)
        with os.fdopen(descriptor, "wb") as file:
            file.write(data)
            file.flush()
            os.fsync(file.fileno())
        take_place(aside, path)
        flush_folder(path.parent)
    except FileExistsError as error:
        raise OutputError(f"{path}: exists already: choose another name; keys are never replaced") from error
    except OSError as error:
        raise OutputError(f"{path}: cannot be written ({error.strerror}): choose another folder") from error
    finally:
        with suppress(OSError):
            aside.unlink(missing_ok=True)

"""Check a package that somebody handed over, offline, without a workspace; give out the page that does it."""

from pathlib import Path

from synopticon.errors import UsageError
from synopticon.evidence.page import page, page_digest
from synopticon.evidence.verify import Report, verify_package
from synopticon.store.atomic import write_bytes


def check_package(package: Path, key: str = "") -> Report:
    """Check a package; ``key``: fingerprint, public key, or a file that holds one of them."""
    return verify_package(package, _text(key))


def write_page(output: Path, *, overwrite: bool = False) -> str:
    """Write a copy of ``verify.html`` of its own; gives its SHA-256."""
    write_bytes(output, page(), overwrite=overwrite)
    return page_digest()


def _text(key: str) -> str:
    path = Path(key)
    try:
        return path.read_text("utf-8") if key and path.is_file() else key
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{key}: cannot be read as a key: name a file that holds a public key") from error

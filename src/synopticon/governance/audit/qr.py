"""A checkpoint as a QR code (ISO/IEC 18004): a witness takes it with a phone, from a screen or a print."""

import io
from typing import Literal

import segno

from synopticon.errors import UsageError

Kind = Literal["svg", "png"]
_SCALE = 8  # pixels of a module: read from a screen at arm's length
MOST = 2000  # bytes: what phones still read; a checkpoint has some 250, each cosignature 120 more


def qr(text: str, kind: Kind) -> bytes:
    """The picture of a QR code that says ``text`` (UTF-8), with the quiet border that readers need.

    Raises ``UsageError`` for a text that is too long for a code that a phone reads.
    """
    data = text.encode()
    if len(data) > MOST:
        raise UsageError(
            f"{len(data)} bytes are too many for a QR code (at most {MOST}): give the file itself"
        )
    code = segno.make(data, micro=False, error="m", boost_error=False)
    picture = io.BytesIO()
    code.save(picture, kind=kind, scale=_SCALE, border=4, **({"light": "white"} if kind == "svg" else {}))
    return picture.getvalue()

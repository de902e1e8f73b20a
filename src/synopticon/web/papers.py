"""Pages that stand alone (``verify.html``, letters, forms), as they were made, under a policy of their own.

Such a page holds its style and its script, and says at its beginning, by their digests, that nothing else may
run and that nothing may be fetched. That policy goes into the header, too. A page without a script is also
kept out of our origin (``sandbox``); one with a script cannot be, since browsers then keep the files from it
that are dropped on it. Its script is known by its digest, and may ask no server for anything; what is decided
on a page of masks it tells the application's own windows in the same browser, which hand it in.
"""

import re

from fastapi import Response

from synopticon.web.guard import CSP

_META = re.compile(rb'<meta http-equiv="Content-Security-Policy" content="(default-src \'none\';[^"<>]*)">')
_HEAD = 4096  # bytes in which the policy stands, before anything that somebody typed


def alone(page: bytes, name: str = "") -> Response:
    """Answer with a page that stands alone; ``name``: it is to be saved under that name, not shown."""
    found = _META.search(page, 0, _HEAD)
    assert found, "a page that is made here states its own policy"
    policy = found[1].decode("ascii")
    apart = "" if "script-src" in policy else "; sandbox"
    headers = {CSP: f"{policy}; frame-ancestors 'none'{apart}"}
    if name:
        headers["Content-Disposition"] = f'attachment; filename="{name}"'
    return Response(page, media_type="text/html", headers=headers)

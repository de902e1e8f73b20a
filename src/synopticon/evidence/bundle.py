"""A package as one file, to be saved out of a browser: a ZIP archive of the folder, nothing packed smaller.

The files are copied as they are, in blocks, in the order of their names and without their times: the same
package gives the same bytes.
"""

import shutil
from collections.abc import Callable
from pathlib import Path
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from synopticon.store.atomic import write_whole

MEDIA = "application/zip"
_BLOCK = 4 << 20
_MODE = 0o644 << 16  # readable where the archive is unpacked
Tell = Callable[[float], None]


def bundle(package: Path, target: Path, name: str, tell: Tell | None = None) -> None:
    """Write ``target``: the package in a folder called ``name``; whole or not at all.

    ``tell``: called with the share that is done, 0..1. Raises ``OutputError``.
    """
    files = sorted(path for path in package.rglob("*") if path.is_file())
    total, done = sum(path.stat().st_size for path in files) or 1, 0
    with write_whole(target) as aside, ZipFile(aside, "w", ZIP_STORED) as archive:
        for path in files:
            about = ZipInfo(f"{name}/{path.relative_to(package).as_posix()}")
            about.external_attr, about.file_size = _MODE, path.stat().st_size
            with path.open("rb") as source, archive.open(about, "w") as out:
                shutil.copyfileobj(source, out, _BLOCK)
            done += about.file_size
            if tell:
                tell(done / total)

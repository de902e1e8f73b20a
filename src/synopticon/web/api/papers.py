"""Single papers out of a package that a job made: to be read before the package is handed on."""

from typing import Literal
from zipfile import ZipFile

from fastapi import Response

from synopticon.acts.jobs import result_file
from synopticon.evidence.bundle import MEDIA
from synopticon.web.auth import Here
from synopticon.web.papers import alone
from synopticon.web.problems import MissingError

Paper = Literal[
    "letter.en.html", "letter.fr.html", "receipt.txt", "report.pdf", "report.en.pdf", "report.fr.pdf"
]
_KINDS = {"txt": "text/plain", "pdf": "application/pdf"}


def show_paper(here: Here, job: str, paper: Paper) -> Response:
    """Give one paper of a package of one's own, decided anew; letters as pages to be printed."""
    found, path = result_file(here, job)
    if found.file is None or found.file.media != MEDIA:
        raise MissingError("this job made no package")
    with ZipFile(path) as archive:
        inside = {name.partition("/")[2]: name for name in archive.namelist()}
        if paper not in inside:
            raise MissingError("the package holds no such paper")
        data = archive.read(inside[paper])
    if paper.endswith(".html"):
        return alone(data)
    headers = {"Content-Disposition": f'attachment; filename="{paper}"'}
    return Response(data, media_type=_KINDS[paper.rpartition(".")[2]], headers=headers)

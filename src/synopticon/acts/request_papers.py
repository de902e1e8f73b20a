"""Papers of requests: the letter's facts, the notice of an extension, the form to ask with."""

from pathlib import Path

from synopticon.acts.requests import DemandInfo, extend_request
from synopticon.acts.workspace import Workspace
from synopticon.errors import StoreError, UsageError
from synopticon.governance.demand import Demand, Person
from synopticon.governance.documents.letter import Letter, extension, form
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.render import html, text
from synopticon.governance.documents.texts import texts
from synopticon.governance.rights import law_of
from synopticon.store.atomic import check_place, write_bytes


def write_form(
    workspace: Workspace, output: Path, language: str, contact: str = "", *, overwrite: bool = False
) -> None:
    """Write the form to ask with."""
    write_bytes(output, written(form_of(workspace, language, contact), output), overwrite=overwrite)


def form_of(workspace: Workspace, language: str, contact: str = "") -> Page:
    """The form to ask with: settings only, nothing of anybody."""
    return form(
        workspace.settings.organisation, contact, law_of(workspace.profile),
        workspace.profile.limits.log_days or None, workspace.clock().date(), texts(language),
    )  # fmt: skip


def write_notice(
    workspace: Workspace, id: str, reason: str, output: Path, language: str, contact: str = ""
) -> DemandInfo:
    """Extend a request, and write the notice of it."""
    _check_kind(output)
    check_place(output)
    info, person = extend_request(workspace, id, reason)
    letter = letter_of(workspace, info.demand, person, reason, contact)
    write_bytes(output, written(extension(letter, texts(language)), output))
    return info


def letter_of(
    workspace: Workspace, demand: Demand, person: Person | None, reason: str, contact: str
) -> Letter:
    """What every letter says. Raises ``StoreError`` when the words about the person were destroyed."""
    if person is None:
        raise StoreError(f"{demand.id}: the words about who asks were destroyed: use a new request")
    cameras = workspace.cameras.all()
    return Letter(
        organisation=workspace.settings.organisation,
        contact=contact.strip(),
        law=law_of(workspace.profile),
        at=workspace.clock(),
        demand=demand,
        person=person,
        cameras={c.id: c.name for c in cameras},
        zones={c.id: c.zone for c in cameras},
        reason=reason,
        key=workspace.log.public.fingerprint,
    )


def written(page: Page, path: Path) -> bytes:
    """A page as the name of its file says: ``.html`` or ``.txt``."""
    _check_kind(path)
    return (html(page) if path.suffix.lower() == ".html" else text(page)).encode()


def _check_kind(path: Path) -> None:
    if path.suffix.lower() not in (".html", ".txt"):
        raise UsageError(f"{path}: is neither a page nor a text: give a name that ends in .html or .txt")

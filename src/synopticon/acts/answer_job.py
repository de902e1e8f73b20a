"""The answer to a person filmed, asked for in the web application: made by a job, saved as one file."""

from functools import partial

from synopticon.acts.jobs import submit
from synopticon.acts.kinds import Made, Task
from synopticon.acts.request_send import send_answer
from synopticon.acts.requests import find_request, reason_of
from synopticon.acts.workspace import Workspace
from synopticon.aside import remove
from synopticon.errors import RefusedError
from synopticon.evidence.bundle import MEDIA, bundle
from synopticon.governance.capability import Operation
from synopticon.governance.demand import check_decided
from synopticon.store.jobs import Job

OPERATION = Operation.DISCLOSURE
KIND = "answer"


def ask_for_answer(workspace: Workspace, id: str, contact: str = "") -> Job:
    """Ask for the answer to a request; raises ``RefusedError``, logged, before it is decided.

    It is asked for as a look at the request; whether it may be sent is decided by the job.
    """
    found = find_request(workspace, id)
    try:
        check_decided(found)
    except RefusedError as error:
        raise workspace.refuse("request", error, about=id) from error
    payload = {"request": id, "contact": contact}
    return submit(workspace, KIND, payload, title=id, reason=reason_of(found))


def make_answer(task: Task) -> Made:
    """Write the answer as one file; it ends the request and lets go what it held."""
    id, target = task.payload["request"], task.folder / "package.zip"
    sent = send_answer(
        task.workspace, id, task.folder / "package", contact=task.payload["contact"], progress=task.progress,
        keep=lambda package: bundle(package, target, id, partial(task.progress, "packing")),
    )  # fmt: skip
    remove(sent.path)
    said = {
        "fingerprint": sent.fingerprint, "manifest": sent.sha256, "granted": sent.granted,
        "videos": sent.videos, "looks": sent.touches, "notes": list(sent.notes),
    }  # fmt: skip
    return Made(said, target, MEDIA, f"{id}.zip")

"""Webhooks: where alerts are sent. To say so is an act (a disclosure), and so is a run of sending.

What is sent names no person and shows no picture: which rule at which camera, when, how severe, and the id by
which whoever may see more finds it in the workspace.
"""

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from synopticon.acts.post import Answer, check_url, host_of, post
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.case import new_id
from synopticon.store.webhooks import Standing, Target, Webhook

OPERATION = Operation.DISCLOSURE
SECRET = 24  # characters of a key at least


@dataclass(frozen=True, slots=True)
class WebhookInfo:
    """A webhook as it is shown; how many alerts wait, were received, were given up; what was said last."""

    name: str
    host: str
    local: bool
    made: datetime
    waiting: int
    done: int
    given_up: int
    says: str


def add_webhook(
    workspace: Workspace, name: str, url: str, *, secret: str = "", local: bool = False
) -> tuple[WebhookInfo, str]:
    """Send alerts that are raised from now on to an address; gives the key that signs them, too.

    ``secret`` "": one is made. ``local``: the address may be of this machine or its network. Raises
    ``UsageError`` for an address that is none, or is local without being called so.
    """
    if not name.strip() or len(name) > 100:
        raise UsageError("a webhook without a name, or with a long one: give it 1 to 100 characters")
    if secret and len(secret) < SECRET:
        raise UsageError(
            f"a key of {len(secret)} characters is soon guessed: give {SECRET} at least, or none"
        )
    check_url(url, local=local)
    key = secret or secrets.token_urlsafe(32)
    new = Webhook(
        new_id("hook"), name.strip(), host_of(url), local, workspace.clock(), workspace.actor.id
    )  # fmt: skip
    said = {"webhook": new.id, "name": new.name, "host": new.host, "local": local}
    with workspace.act("webhook.set", payload=said) as act:
        workspace.webhooks.add(act.grant, new, Target(url, key))
    return _info(new, Standing()), key


def list_webhooks(workspace: Workspace) -> tuple[WebhookInfo, ...]:
    """Where alerts are sent, and how that goes."""
    with workspace.act("webhook.read") as act:
        standing = workspace.webhooks.standing()
        found = tuple(_info(one, standing.get(one.id, Standing())) for one in workspace.webhooks.all())
        act.note(webhooks=len(found))
    return found


def remove_webhook(workspace: Workspace, name: str) -> int:
    """Send nothing there any more; gives how many alerts had not been received."""
    one = workspace.webhooks.find(name)
    with workspace.act("webhook.set", payload={"webhook": one.id, "name": one.name, "removed": True}) as act:
        left = workspace.webhooks.remove(act.grant, one)
        act.note(not_received=left)
    return left


def try_webhook(workspace: Workspace, name: str) -> Answer:
    """Send a message that says that it is a test, signed as alerts are; gives what came back."""
    one = workspace.webhooks.find(name)
    with workspace.act("webhook.set", payload={"webhook": one.id, "name": one.name, "test": True}) as act:
        target = workspace.webhooks.target(act.grant, one)
        said: Mapping[str, Any] = {"type": "test", "sent": workspace.clock().isoformat()}
        answer = post(target, f"{one.id}.test", said, workspace.clock(), local=one.local)
        act.note(received=answer.received, answer=answer.says)
    return answer


def _info(one: Webhook, how: Standing) -> WebhookInfo:
    return WebhookInfo(
        one.name, one.host, one.local, one.made, how.waiting, how.done, how.given_up, how.says
    )  # fmt: skip

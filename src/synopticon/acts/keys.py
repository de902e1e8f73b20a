"""The key that signs the log: another one from now on, recorded in the log by both."""

from pathlib import Path

from synopticon.acts.workspace import LOG_KEY, NEXT_KEY, Workspace
from synopticon.aside import flush_folder, remove
from synopticon.governance.audit.entry import ActHeader
from synopticon.governance.capability import Operation
from synopticon.governance.keys import PublicKey, SigningKey
from synopticon.store.lock import held

OPERATION = Operation.ALTERATION


def rotate_key(workspace: Workspace) -> PublicKey:
    """Let a new key sign the log; the entry that says so is signed by the old and the new one.

    The new key is on the disk before the log knows of it, and the old one goes last: whatever stops it, one
    of the two files is the log's key (``Workspace.log`` finds out which). Processes that run with the old one
    are refused from then on. Gives the new public key, to be handed to those who verify.
    """
    keys = workspace.folder / "keys"
    with held(workspace.folder / "locks" / "key.lock"), workspace.act("key.rotate") as act:
        old, done = workspace.log.public, act.entry.header
        if (keys / NEXT_KEY).exists():
            _finish(workspace, keys)
        new = SigningKey.make()
        workspace.save_key(new, keys / NEXT_KEY)
        header = ActHeader(done.operation, done.capability, done.actor, done.case, done.profile)
        made = workspace.log.rotate(new, header)
        _replace(keys / NEXT_KEY, keys / LOG_KEY)
        act.note(old=old.fingerprint, new=new.public.fingerprint, entry=made.sequence)
    return new.public


def _finish(workspace: Workspace, keys: Path) -> None:
    """End a change that was broken off: the log has just taken our record, so our key is the one in force."""
    if workspace.load_key(keys / NEXT_KEY).public == workspace.log.public:
        _replace(keys / NEXT_KEY, keys / LOG_KEY)
    else:  # the log never knew of it
        remove(keys / NEXT_KEY)


def _replace(new: Path, old: Path) -> None:
    new.replace(old)
    flush_folder(old.parent)

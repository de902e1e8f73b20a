"""What a question about plates may see: an act of its own, within the act that asks.

No text of a plate reaches the log: a question is told with its plates masked, and beside it stands a keyed
mark of each, by which the misuse review finds one plate in many cases without knowing it.
"""

import re
from collections.abc import Mapping
from functools import partial

from synopticon.acts.workspace import SUBJECTS, Act, Workspace, singled_out
from synopticon.errors import RefusedError, UsageError
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Grant
from synopticon.search.plates import Asked, How, PlatesFound, answering, found, safe, veiled, without
from synopticon.search.plates import asked as read
from synopticon.search.query import text_of
from synopticon.store.plates import Plates, PlateView
from synopticon.values.plate_text import cleaned, masked
from synopticon.values.query import Query

OPERATION = Operation.CONSULTATION
RULE_CASE = "plates.list-of-a-case"
# What may be a plate among plain words: letters and digits mixed, or in groups of capitals and digits.
_LIKE_PLATE = re.compile(
    r"\b(?=[A-Za-z0-9-]*[A-Za-z])(?=[A-Za-z0-9-]*\d[A-Za-z0-9-]*\d)[A-Za-z0-9-]{5,14}\b"
    r"|\b[A-Z]{1,3}[ -]?\d{2,4}[ -]?[A-Z]{1,3}\b"
)


def plates_asked(
    workspace: Workspace, outer: Act, query: Query, *, reason: str = ""
) -> Mapping[str, PlatesFound]:
    """For each value of ``plate:`` the tracks in the scope of ``outer`` that answer it.

    Raises ``RefusedError`` where plates may not be searched, or a list is not in force here.
    """
    values = values_of(query)
    if not values:
        return {}
    said = {"step": "search", "asked": [veiled(v) for v in values], **marked(workspace, values)}
    scope, case = outer.grant.scope, outer.grant.case
    inner = workspace.act("search.plate", case=case, scope=scope, reason=reason, payload=said, within=outer)
    with inner as act:
        view = workspace.plates.view(act.grant)
        made = {value: found_in(workspace, act.grant, view, value) for value in values}
        tracks = [i.decode() for one in made.values() for i in one.ids.tolist()]
        act.note(found={veiled(v): len(one) for v, one in made.items()}, **singled_out(tracks))
    return made


def check_no_plates(question: str) -> None:
    """Raise ``UsageError`` for a question about plates where none is answered, before it is logged."""
    if re.search(r"\bplate\s*:", question, re.IGNORECASE):
        what = "a plate is looked for with 'synopticon search' alone"
        raise UsageError(f"{what}: use is:accepted or a tag here, after you marked its hits")


def values_of(query: Query) -> tuple[str, ...]:
    """All that a question asks of plates, each once."""
    return tuple(dict.fromkeys(str(v) for t in query.of("plate") for v in t.values))


def found_in(workspace: Workspace, grant: Grant, view: PlateView, value: str) -> PlatesFound:
    """The tracks that answer one value."""
    asked = read(value)
    rows = _rows(workspace, grant, view, asked)
    return found(asked, rows.ids, rows.text, rows.sure, rows.footages)


def _rows(workspace: Workspace, grant: Grant, view: PlateView, asked: Asked) -> Plates:
    if asked.how is How.EXACT:
        return view.same((asked.text,))
    if asked.how is How.LISTED:
        if grant.case is None:
            text = f"a list of plates is of a case only (rule {RULE_CASE})"
            raise RefusedError(f"{text}: name it with --case", RULE_CASE)
        return view.same(workspace.plate_lists.read(grant, asked.text).plates)
    return view.like(partial(answering, asked))


def marked(workspace: Workspace, values: tuple[str, ...]) -> dict[str, list[str]]:
    """Keyed marks of the plates that are asked for, for the log; patterns and lists have none."""
    texts = [one.text for one in map(read, values) if one.how in (How.EXACT, How.NEAR)]
    return {"subjects": [mark_of(workspace, text) for text in texts[:SUBJECTS]]}


def mark_of(workspace: Workspace, text: str) -> str:
    """The name of a plate in the log: nobody without the log's key can make or read it."""
    return f"plate-{workspace.log.mark(f'plate {text}'.encode())}"


def told(reason: str, query: Query) -> str:
    """A reason without the plates that the question names."""
    texts = [one.text for one in map(read, values_of(query)) if one.how in (How.EXACT, How.NEAR)]
    return without(reason, {text: masked(text) for text in texts})


def typed(text: str, query: Query, plain: bool) -> str:
    """What somebody typed, as it may be logged: of a question about plates as it was read, masked."""
    if query.of("plate"):
        return text_of(safe(query))
    return _LIKE_PLATE.sub(lambda m: masked(cleaned(m[0]).upper()), text) if plain else text

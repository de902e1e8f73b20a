"""Every error line that a user may read says what to do."""

import ast
import re

from synopticon import errors
from tests.architecture.source import python_files, tree

ERRORS = {name for name, value in vars(errors).items() if isinstance(value, type)}
# What a remedy begins with, after what is wrong.
DO = re.compile(
    r"[:;,.?(] *(?:or )?(?:add|analyse|another|check|choose|correct|delete|free|give|insist|keep|known are|"
    r"name|pass|pip install|put|record|repair|run|see|set|stop|try|use|wait|write|more hours|one follows|"
    r"is the file|example)\b|\b(?:must|should) be\b|\bis none of\b|expected"
)
# Mistakes in a program that calls these functions; no user of the command line sees them.
FOR_PROGRAMMERS = {"the times of pictures must increase", "this sprite stream is finished", "4:2:0 picture"}


def messages():
    """(place, text) of each error raised; what is put in from elsewhere reads ``{expression}``."""
    for path in python_files("src"):
        for node in ast.walk(tree(path)):
            if isinstance(node, ast.Call) and getattr(node.func, "id", "") in ERRORS and node.args:
                yield f"{path}:{node.lineno}", text(node.args[0])


def text(node):
    if isinstance(node, ast.Constant):
        return str(node.value)
    if isinstance(node, ast.JoinedStr):
        return "".join(text(part) for part in node.values)
    return f"{{{ast.unparse(node.value if isinstance(node, ast.FormattedValue) else node)}}}"


def test_every_error_has_a_remedy():
    found = list(messages())
    assert len(found) > 80
    # A message that ends with a part from elsewhere ("{why}") leaves the remedy to that part.
    lacking = [f"{place}: {said}" for place, said in found if not (DO.search(said) or said.endswith("}"))]
    assert not [line for line in lacking if not any(known in line for known in FOR_PROGRAMMERS)]


def test_a_remedy_is_told_from_a_reason():
    assert DO.search("{path}: exists already: choose another name")
    assert not DO.search("{path}: holds no video")
    assert not DO.search("{path}: is empty")

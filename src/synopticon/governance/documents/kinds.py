"""The documents there are, by their names on the command line."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from synopticon.governance.documents.dpia import dpia
from synopticon.governance.documents.facts import Facts
from synopticon.governance.documents.notice import notice
from synopticon.governance.documents.page import Page
from synopticon.governance.documents.record import record
from synopticon.governance.documents.register import register
from synopticon.governance.documents.render import html, markdown
from synopticon.governance.documents.texts import Texts, texts
from synopticon.governance.documents.transparency import transparency

KINDS: Mapping[str, Callable[[Facts, Texts], Page]] = MappingProxyType(
    {
        "dpia": dpia,
        "record": record,
        "register": register,
        "notice": notice,
        "transparency": transparency,
    }
)


def build(kind: str, language: str, facts: Facts) -> dict[str, bytes]:
    """A document by the names of its files; the same facts give the same bytes. Raises ``UsageError``."""
    page = KINDS[kind](facts, texts(language))
    made = {"html": html(page), "md": markdown(page)}
    return {f"{kind}.{language}.{suffix}": text.encode() for suffix, text in made.items()}

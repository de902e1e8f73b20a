"""Verbs of persons filmed who ask: ``request open|search|decide|send|list|show|extend|form``."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.errors import UsageError

if TYPE_CHECKING:
    from synopticon.acts.requests import DemandInfo

request = typer.Typer(
    help="Requests of persons filmed: access, erasure, restriction, objection.", no_args_is_help=True
)

Ref = Annotated[str, typer.Argument(metavar="REF", help="Number of the request, as 'request list' shows it.")]
Words = Annotated[str, typer.Option("--reason", metavar="TEXT", help="Why, in words; the letter says it.")]
Contact = Annotated[
    str, typer.Option("--contact", metavar="TEXT", help="Where the person can write: address, e-mail.")
]


@request.command("open")
def open_(  # noqa: PLR0913 (one parameter for each option)
    *,
    kind: Annotated[
        Literal["access", "erasure", "restriction", "objection"],
        typer.Option("--kind", metavar="access|erasure|restriction|objection", help="What is asked for."),
    ],
    name: Annotated[str, typer.Option("--name", metavar="NAME", help="Who asks; kept sealed.")],
    camera: Annotated[list[str], typer.Option("--camera", metavar="NAME", help="Where; repeatable.")],
    since: Annotated[
        str, typer.Option("--from", metavar="TIME", help="From then on: 2024-05-01T08:30+02:00.")
    ],
    until: Annotated[str, typer.Option("--to", metavar="TIME", help="Up to then.")],
    description: Annotated[
        str, typer.Option("--description", metavar="TEXT", help="What the person looked like, in words.")
    ],
    identity: Annotated[
        str,
        typer.Option(
            "--identity", metavar="TEXT", help="What kind of document was seen; no number, no copy."
        ),
    ],
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Take a request in; from now on nothing in its window is destroyed until the answer is sent.

    Proof of identity is seen, not kept. There is no option for a photograph of the face, and none is needed:
    place, time, and how the person was dressed lead to the track; a human decides which it is.
    """
    from synopticon.acts.requests import open_request
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.parse import parse_moment
    from synopticon.governance.demand import Person, Right
    from synopticon.governance.grant import Window

    window = Window(parse_moment(since), parse_moment(until))
    with open_workspace(workspace) as here:
        _told(open_request(here, Right(kind), camera, window, Person(name, description, identity)), json)


@request.command("list")
def list_(workspace: o.Workspace = None, json: o.Json = False) -> None:
    """List all requests, with the days left to answer; no name is shown."""
    from synopticon.acts.requests import list_requests, stated
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        found = list_requests(here)
    if json:
        result_json([stated(info) for info in found])
        return
    for info in found:
        result(_line(info))


@request.command("show")
def show(ref: Ref, *, workspace: o.Workspace = None, json: o.Json = False) -> None:
    """Show a request: who asks, what for, when it is due, what was decided."""
    from synopticon.acts.requests import show_request, stated
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        info = show_request(here, ref)
    if json:
        result_json({**stated(info), "person": info.person, "reasons": info.reasons})
        return
    _told(info, json)
    if info.person is not None:
        result(f"  name: {info.person.name}")
        result(f"  description: {info.person.description}")
        result(f"  identity: {info.person.identity}, seen by {info.demand.seen_by}")
    for step, words in (info.reasons or {}).items():
        result(f"  {step}: {words}")
    if (found := info.demand.decision) is not None:
        what = ", ".join(found.ids) if found.granted else found.ground
        result(f"  decided by {found.by} at {found.at.isoformat()}: {what}")


@request.command("extend")
def extend(
    ref: Ref,
    *,
    reason: Words,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The notice to be sent: .html or .txt.")
    ],
    language: Annotated[
        Literal["fr", "en"], typer.Option("--language", metavar="fr|en", help="Of the notice.")
    ] = "fr",
    contact: Contact = "",
    workspace: o.Workspace = None,
) -> None:
    """Take two more months, inside the first; writes the notice, which must be sent inside the first, too."""
    from synopticon.acts.request_papers import write_notice
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        info = write_notice(here, ref, reason, output, language, contact)
    say(f"send {output} until {info.demand.first_due.isoformat()}: without it there are no two more months")
    result(_line(info))


@request.command("search")
def search(  # noqa: PLR0913 (one parameter for each option)
    ref: Ref,
    query: Annotated[
        list[str] | None,
        typer.Argument(metavar="[QUERY...]", help="Who is looked for: person upper:red; none: all."),
    ] = None,
    *,
    plain: Annotated[
        bool, typer.Option("--plain", help="QUERY is in plain words, English or French.")
    ] = False,
    limit: Annotated[
        int | None, typer.Option("--limit", metavar="N", min=0, help="So many at most; default: 50.")
    ] = None,
    page: Annotated[
        Path | None, typer.Option("--output", "-o", metavar="FILE.html", help="A page of the candidates.")
    ] = None,
    thumbnails: Annotated[
        Path | None, typer.Option("--thumbnails", metavar="DIR", help="Masked pictures of the candidates.")
    ] = None,
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Look for candidates, in the cameras and hours of the request only; pictures are masked."""
    from synopticon.acts.request_search import search_request
    from synopticon.acts.search import Wishes
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.search import show_answer

    words = " ".join(query or [])
    with open_workspace(workspace) as here:
        answer = search_request(
            here, ref, words, plain=plain, limit=limit, wishes=Wishes(page, thumbnails, overwrite)
        )
    show_answer(answer, plain, json)
    if page is not None and not json:
        result(str(page))


@request.command("decide")
def decide(
    ref: Ref,
    *,
    grant: Annotated[bool, typer.Option("--grant", help="Grant it, for these tracks.")] = False,
    tracks: Annotated[
        str, typer.Option("--tracks", metavar="ID,..", help="The tracks that are the person.")
    ] = "",
    refuse: Annotated[
        bool, typer.Option("--refuse", help="Refuse it, on a ground that the law knows.")
    ] = False,
    ground: Annotated[
        str, typer.Option("--ground", metavar="NAME", help="The ground; a wrong one lists those there are.")
    ] = "",
    reason: Words = "",
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Grant a request for the tracks that a human says are the person, or refuse it on a legal ground."""
    ids = tuple(part.strip() for part in tracks.split(",") if part.strip())
    if grant == refuse or bool(ids) != grant or bool(ground) != refuse:
        raise UsageError(
            "say what is decided: give --grant --tracks ID,.. or --refuse --ground NAME "
            "(a wrong one lists those there are)"
        )
    from synopticon.acts.requests import decide_request
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        _told(decide_request(here, ref, tracks=ids, ground=ground, reason=reason), json)


@request.command("send")
def send(
    ref: Ref,
    *,
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="The package, a new folder.")],
    contact: Contact = "",
    models_folder: o.ModelsFolder = None,
    workspace: o.Workspace = None,
    json: o.Json = False,
) -> None:
    """Write the answer: letters in French and English, and what was granted; ends the request and its hold.

    Of an access request: videos that a phone plays, in which the person is clear and everybody else is filled
    whole, and the list of every consultation and disclosure that touched their tracks.
    """
    from synopticon.acts.request_send import send_answer
    from synopticon.acts.workspace import open_workspace
    from synopticon.cli.progress import progress

    with open_workspace(workspace) as here, progress() as report:
        sent = send_answer(here, ref, output, contact=contact, models_folder=models_folder, progress=report)
    if json:
        result_json(sent)
        raise typer.Exit(sent.exit_code)
    for note in sent.notes:
        say(note)
    say("tell the person the fingerprint in another way, such as on the letter's envelope:")
    say(f"  {sent.fingerprint}")
    result(str(sent.path))
    raise typer.Exit(sent.exit_code)


@request.command("form")
def form(
    *,
    output: Annotated[
        Path, typer.Option("--output", "-o", metavar="FILE", help="The form: .html to print, or .txt.")
    ],
    language: Annotated[
        Literal["fr", "en"], typer.Option("--language", metavar="fr|en", help="Of the form.")
    ] = "fr",
    contact: Contact = "",
    overwrite: o.Overwrite = False,
    workspace: o.Workspace = None,
) -> None:
    """Write a form to ask with: what to tell, what will happen, by when, and which rights there are."""
    from synopticon.acts.request_papers import write_form
    from synopticon.acts.workspace import open_workspace

    with open_workspace(workspace) as here:
        write_form(here, output, language, contact, overwrite=overwrite)
    result(str(output))


def _told(info: "DemandInfo", json: bool) -> None:
    from synopticon.acts.requests import stated

    if json:
        result_json(stated(info))
        return
    result(_line(info))
    for note in info.notes:
        say(note)


def _line(info: "DemandInfo") -> str:
    """One line, for people: number, what, stage, how long there is."""
    demand = info.demand
    if demand.answered is not None:
        left = f"answered {demand.answered.date().isoformat()}"
    elif info.overdue:
        left = f"OVERDUE since {demand.due.isoformat()}, by {-info.days_left} days"
    else:
        left = f"due {demand.due.isoformat()}, {info.days_left} days left"
    where = ", ".join(info.cameras)
    return f"{demand.id}  {demand.right.value}  {demand.stage.value}  {left}  {where}"

"""How well plates are read: ``plates bench``, beside the verbs that search them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import typer

from synopticon.cli import options as o
from synopticon.cli.output import result, result_json, say
from synopticon.cli.plate_search import plates
from synopticon.cli.progress import progress

__all__ = ["plates"]


@plates.command("bench")
def bench_(
    folder: Annotated[
        Path,
        typer.Argument(
            metavar="FOLDER", help="Photos with labels: NAME.txt as OpenALPR's benchmark, or VOC's XML."
        ),
    ],
    *,
    beside: Annotated[
        bool, o.Option("--beside", help="Measure the OCR package alone on the whole photos, too.")
    ] = False,
    country: Annotated[
        list[str] | None,
        o.Option("--country", metavar="CODE", help="Only plates of this country may come: FR; repeatable."),
    ] = None,
    model: o.Model = "auto",
    models_folder: o.ModelsFolder = None,
    json: o.Json = False,
) -> None:
    """Say how many labelled plates are found, and how well they are read, with 95 % intervals.

    The label's text is compared sign by sign; exact_alike takes O for 0 and I for 1, which many plates write
    alike; exact_told leaves out what was read right and not taken for a plate.
    """
    from synopticon.acts.plates_bench import BenchRequest, bench

    request = BenchRequest(folder, beside, tuple(c.upper() for c in country or ()), model, models_folder)
    with progress() as report:
        made = bench(request, report)
    if json:
        result_json({**made.report, "missed": made.missed})
        return
    _tell(made.report)
    for photo, label, text in made.missed:
        say(f"{photo}: {label or 'a plate'}, read {text or 'nothing'}")


def _tell(report: Mapping[str, Any]) -> None:
    for name in ("found", "exact", "exact_alike", "exact_told", "cer"):
        if report[name] is not None:
            low, high = report["intervals"][name]
            result(f"{name}: {report[name]:.3f} [{low:.3f}, {high:.3f}]")
    result(f"plates: {report['n']}, with a text: {report['texts']}")

"""Write the tracks of footage in the formats that researchers use."""

import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from synopticon.acts.analysis import Analysis, AnalysisRequest, Progress, analysing, looked_up
from synopticon.acts.workspace import open_workspace, passing
from synopticon.errors import UsageError
from synopticon.footage.digest import sha256
from synopticon.governance.capability import Operation
from synopticon.governance.grant import Scope
from synopticon.store.atomic import check_place, make_folder, write_bytes
from synopticon.values.detection import CLASSES
from synopticon.values.footage import Footage
from synopticon.values.track import Track

OPERATION = Operation.CONSULTATION
Format = Literal["mot", "coco", "jsonl"]


@dataclass(frozen=True, slots=True)
class TracksResult:
    """What was written."""

    path: Path
    tracks: int
    boxes: int
    gaps: int
    notes: tuple[str, ...]
    exit_code: int


def write_tracks(
    request: AnalysisRequest,
    output: Path,
    form: Format = "mot",
    *,
    classes: Sequence[str] = (),
    overwrite: bool = False,
    case: str | None = None,
    progress: Progress | None = None,
) -> TracksResult:
    """Analyse footage and write its tracks; ``classes`` keeps only those.

    Raises ``UsageError``, ``OutputError``, and the errors of the analysis.
    """
    if unknown := sorted(set(classes) - set(CLASSES)):
        raise UsageError(f"no class is called {', '.join(unknown)}: known are {', '.join(CLASSES)}")
    check_place(output, overwrite=overwrite)
    footage = looked_up(request, progress, (output,))
    digests = {f.sha256: f.path.name for f in footage.readable}
    said = {"files": digests, "unsafe_unknown_model": request.unsafe_unknown_model, "format": form}
    scope = Scope(digests=tuple(digests))
    with open_workspace(request.workspace) as workspace:
        act_ = workspace.act("search.attributes", case=case, scope=scope, payload=said)
        with act_ as act, passing(workspace) as files:
            (analysis,) = analysing(request, progress, (output,), footage=footage, files=files)
            made = _write(analysis, output, form, classes, overwrite)
            act.note(track_count=made.tracks, gaps=made.gaps, made={output.name: sha256(output)})
    return made


def _write(
    analysis: Analysis, output: Path, form: Format, classes: Sequence[str], overwrite: bool
) -> TracksResult:
    known = analysis.store.load_tracks()
    tracks = [t for t in (known[0] if known else ()) if not classes or t.label in classes]
    text = _WRITERS[form](tracks, analysis.footage)
    make_folder(output.parent)
    write_bytes(output, text.encode(), overwrite=overwrite)
    gaps = len(analysis.gaps)
    boxes = sum(len(t) for t in tracks)
    return TracksResult(output, len(tracks), boxes, gaps, analysis.notes, 4 if gaps else 0)


def mot(tracks: Sequence[Track], footage: Footage) -> str:
    """MOT text: ``frame,id,x,y,w,h,score,-1,-1,-1``, frames from 1, counted by time at the frame rate."""
    rate = float(footage.frame_rate)
    rows = []
    for n, t in enumerate(tracks, 1):
        frames, boxes = t.per_frame(rate)
        for frame, (x1, y1, x2, y2) in zip(frames + 1, boxes, strict=True):
            row = f"{frame},{n},{x1:.2f},{y1:.2f},{x2 - x1:.2f},{y2 - y1:.2f},{t.score:.3f},-1,-1,-1\n"
            rows.append((frame, n, row))
    return "".join(row for _, _, row in sorted(rows))


def coco(tracks: Sequence[Track], footage: Footage) -> str:
    """COCO-VID JSON: an annotation a box, ``track_id`` on each, images numbered by time from 0."""
    rate = float(footage.frame_rate)
    annotations: list[dict[str, Any]] = []
    for n, t in enumerate(tracks, 1):
        for frame, box in zip(*t.per_frame(rate), strict=True):
            x1, y1, x2, y2 = (round(float(v), 2) for v in box)
            annotations.append({
                "id": len(annotations) + 1,
                "image_id": int(frame),
                "track_id": n,
                "category_id": CLASSES.index(t.label),
                "bbox": [x1, y1, round(x2 - x1, 2), round(y2 - y1, 2)],
                "area": round((x2 - x1) * (y2 - y1), 2),
                "iscrowd": 0,
            })  # fmt: skip
    images = [
        {"id": k, "width": footage.width, "height": footage.height, "frame_id": k, "time": round(k / rate, 4)}
        for k in sorted({a["image_id"] for a in annotations})
    ]
    categories = [{"id": k, "name": name} for k, name in enumerate(CLASSES)]
    return json.dumps({"images": images, "annotations": annotations, "categories": categories}) + "\n"


def jsonl(tracks: Sequence[Track], footage: Footage) -> str:
    """One JSON object a line and track: id, class, score, file, rows ``[pts, seconds, x1, y1, x2, y2]``."""
    return "".join(json.dumps(row) + "\n" for row in _json_rows(tracks, footage))


def _json_rows(tracks: Sequence[Track], footage: Footage) -> Iterable[dict[str, Any]]:
    for t in tracks:
        first = footage.files[int(t.file[0])]
        yield {
            "id": t.id,
            "class": t.label,
            "score": round(t.score, 4),
            "file": first.path.name,
            "time_base": [first.time_base.numerator, first.time_base.denominator],
            "boxes": [
                [int(p), round(float(s), 4), *(round(float(v), 2) for v in b)]
                for p, s, b in zip(t.pts, t.times, t.boxes, strict=True)
            ],
        }


_WRITERS = {"mot": mot, "coco": coco, "jsonl": jsonl}

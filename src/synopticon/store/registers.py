"""What documents and retention tell of all footage: lengths, models, destructions. No picture or track."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from sqlalchemy import Engine, func, select

from synopticon.governance.grant import Grant, Scope
from synopticon.store.database import reading
from synopticon.store.moments import SECOND, Clock, moment_of
from synopticon.store.tables_footage import camera, destroyed, footage, footage_file, run


@dataclass(frozen=True, slots=True)
class DestroyedPart:
    """A camera's day that was destroyed under one record of the log (its sequence is ``entry``)."""

    camera: str
    part: str
    files: int
    at: datetime
    entry: int


@dataclass(frozen=True, slots=True)
class Registers:
    """Reads for the documents; each asks for a grant for them. ``clock``: against which grants expire."""

    engine: Engine
    clock: Clock

    def seconds(self, grant: Grant) -> dict[str, float]:
        """Length of each file that is kept, by its digest; of a recording of several, its equal part."""
        grant.check(self.clock(), "documents")
        query = select(footage_file.c.digest, footage_file.c.footage, footage.c.duration)
        query = query.join_from(footage_file, footage, footage_file.c.footage == footage.c.id)
        files: dict[str, list[str]] = defaultdict(list)
        durations: dict[str, int] = {}
        with reading(self.engine) as connection:
            for row in connection.execute(query):
                files[row.footage].append(row.digest)
                durations[row.footage] = row.duration
        return dict(_shares(files, durations))

    def models(self, grant: Grant) -> tuple[tuple[str, str], ...]:
        """Names and digests of the models whose tracks are kept, in order; those of motion alone left out."""
        grant.check(self.clock(), "documents")
        used = run.c.id.in_(select(footage.c.run)) & (run.c.model_digest != "")
        query = (
            select(run.c.model, run.c.model_digest)
            .where(used)
            .distinct()
            .order_by(*run.c["model", "model_digest"])
        )
        with reading(self.engine) as connection:
            return tuple((row.model, row.model_digest) for row in connection.execute(query))

    def destroyed(self, grant: Grant) -> tuple[DestroyedPart, ...]:
        """What was destroyed here, in the order of the log."""
        grant.check(self.clock(), "documents", "retention.report")
        c = destroyed.c
        query = select(c.entry, c.camera, c.part, func.count().label("files"), func.max(c.at).label("at"))
        query = query.group_by(c.entry, c.camera, c.part).order_by(c.entry)
        with reading(self.engine) as connection:
            rows = connection.execute(query).all()
        return tuple(DestroyedPart(r.camera, r.part, r.files, moment_of(r.at), r.entry) for r in rows)

    def destroyed_in(
        self, grant: Grant, parts: Sequence[tuple[str, str]] | None = None
    ) -> tuple[DestroyedPart, ...]:
        """What was destroyed of the cameras of a request: of its days, or of these parts (camera, part)."""
        scope = grant.check(self.clock(), "request.open", "request.read", "request")
        c = destroyed.c
        query = select(c.entry, c.camera, c.part, func.count().label("files"), func.max(c.at).label("at"))
        query = query.where(c.camera.in_(scope.cameras)).group_by(c.entry, c.camera, c.part)
        with reading(self.engine) as connection:
            rows = connection.execute(query.order_by(c.camera, c.part)).all()
            zones = {r.id: r.zone for r in connection.execute(select(camera.c.id, camera.c.zone))}
        found = (DestroyedPart(r.camera, r.part, r.files, moment_of(r.at), r.entry) for r in rows)
        if parts is not None:
            return tuple(one for one in found if (one.camera, one.part) in parts)
        return tuple(one for one in found if _on(one.part, zones[one.camera], scope))


def _on(part: str, zone: str, scope: Scope) -> bool:
    """Whether a day, by the clock at the camera, has any of the hours."""
    try:
        begin = datetime.fromisoformat(part).replace(tzinfo=ZoneInfo(zone or "UTC"))
    except ValueError:
        return False
    end = begin + timedelta(days=1)
    return any(w.start < end and begin < w.end for w in scope.windows)


def _shares(files: dict[str, list[str]], durations: dict[str, int]) -> Iterator[tuple[str, float]]:
    for id_, digests in files.items():
        for digest in digests:
            yield digest, durations[id_] / SECOND / len(digests)

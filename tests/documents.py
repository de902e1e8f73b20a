"""Made-up facts for tests of documents: a police force and a shop, with everything that documents say."""

from collections import Counter
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta

from synopticon.governance.audit.checkpoint import Checkpoint, cosign
from synopticon.governance.audit.log import Witnessed
from synopticon.governance.case import Dpia
from synopticon.governance.documents.facts import (
    CameraFacts,
    DestroyedFacts,
    DpiaFacts,
    Facts,
    LogFacts,
    ModelFacts,
    RecordingFacts,
    UnitFacts,
    WitnessFacts,
)
from synopticon.governance.documents.tally import Destruction, Month, Tally, Transmission
from synopticon.governance.grant import Scope, Window
from synopticon.governance.keys import SigningKey
from synopticon.governance.profile import Profile, difference, shipped
from synopticon.governance.users import Role

AT = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
DIGEST = "0123456789abcdef" * 4
CONFIGURATION = "c0ffee" + DIGEST[6:]
KEY = SigningKey.make()
ROBIN = SigningKey.make()
ORIGIN = "synopticon-0123456789abcdef"
DPIA = Dpia(DIGEST, "M. Durand", date(2026, 1, 10), "favourable with reservations", "L. Petit", CONFIGURATION)
CAMERAS = (
    CameraFacts("cam-1", "entrance", "rue de la Paix", "Europe/Paris", "theft and safety", 30),
    CameraFacts("cam-2", "car park", "behind the building", "Europe/Paris", "damage to vehicles", 14),
)
MODELS = (ModelFacts("yolox-nano", DIGEST, "detect.object", "Apache-2.0"), ModelFacts("own", DIGEST, "", ""))
RECORDINGS = (
    RecordingFacts(
        "cam-1", "2026-11-22", (DIGEST, DIGEST[::-1]), AT - timedelta(days=2, hours=3),
        AT - timedelta(days=2), "kept", AT + timedelta(days=28),
    ),
    RecordingFacts("cam-2", "unknown-0123", (DIGEST,), None, None, "overdue", AT - timedelta(days=2)),
)  # fmt: skip
HOURS = Window(AT - timedelta(hours=30), AT - timedelta(hours=20))
TALLY = Tally(
    (
        Month(
            "2026-10", opened=2, refusals=3, approvals=4, dependent=1, seconds=36000.0, unmeasured=1,
            acts=Counter({"synopsis": 4, "view.unmasked": 1, "search.attributes": 7}),
            refused=Counter(journey=3),
        ),
        Month(
            "2026-11", opened=1, emergencies=1, unjudged=2, unknown=1, seconds=5400.0,
            acts=Counter(ingest=2),
        ),
    ),
    (
        Transmission(41, AT, "handover", "case-7", Scope(("cam-1",), (HOURS,)), "public prosecutor of Lyon"),
        Transmission(55, AT, "export.masked", None, None, None),
    ),
    (Destruction(20, AT, "cam-1", "2026-10-01", 3), Destruction(22, AT, "cam-2", "2026-10-02", None)),
)  # fmt: skip
DESTROYED = (
    DestroyedFacts("cam-1", "2026-10-01", 3, AT - timedelta(days=24), 20),
    DestroyedFacts("cam-2", "2026-09-30", 1, AT - timedelta(days=25), 21),
)


def witnessed() -> Witnessed:
    from synopticon.governance.audit.checkpoint import cosignatures

    seen = cosign(Checkpoint.make(ORIGIN, 40, bytes(32), KEY), "robin", ROBIN, AT - timedelta(days=1))
    return Witnessed(40, 44, cosignatures(seen, {"robin": ROBIN.public}))


def log(seen: Witnessed | None = None) -> LogFacts:
    text = Checkpoint.make(ORIGIN, 57, bytes(range(32)), KEY).text()
    robin = WitnessFacts("robin", ROBIN.public.fingerprint, AT - timedelta(days=1))
    return LogFacts(ORIGIN, KEY.public.fingerprint, 57, text, seen, (robin,) if seen else ())


def facts(profile: str | Profile = "eu-private-site", **changes) -> Facts:
    found = shipped(profile) if isinstance(profile, str) else profile
    base = Facts(
        organisation="Galerie Saint-Jean SAS",
        since=AT - timedelta(days=300),
        at=AT,
        version="0.1.0",
        profile=found,
        log=log(witnessed()),
        configuration=CONFIGURATION,
        difference=difference(found),
        cameras=CAMERAS,
        units=(UnitFacts("Security", {Role.OPERATOR: 3, Role.DPO: 1}),),
        models=MODELS,
        dpia=DpiaFacts(DPIA, current=True),
        recordings=RECORDINGS,
        destroyed=DESTROYED,
        tally=TALLY,
        contact="images@galerie.example",
        names={c.id: c.name for c in CAMERAS},
    )
    return replace(base, **changes)

"""For each route a request that makes sense: what the tests of the table send."""

import secrets
from base64 import b64encode
from datetime import timedelta

from tests.investigation import WHY
from tests.organisation import PASSWORD
from tests.people import FIELDS


def example(row, inquiry) -> dict:
    """Keyword arguments of ``client.request`` for a row of the table."""
    path, more = row.path, _REST.get(row.name, lambda _: {})(inquiry)
    filled = {
        "case": inquiry.case, "camera": inquiry.camera, "name": "a place", "track": inquiry.tracks[0],
        "sequence": "3", "notice": "notice-1", "answer": "none", "digest": "0" * 64,
        "viewing": "none", "part": "0", "piece": "0",
        "request": "R20261128-000000", "paper": "receipt.txt",
        "synopsis": "none", "clip": "none", "n": "0",
        "footage": "foot-0", "job": "job-0", "user": "user-0", "session": "0" * 64,
    }  # fmt: skip
    for name, value in filled.items():
        path = path.replace(f"{{{name}}}", value)
    return {"method": row.method, "url": path, **more}


def _case(i):
    return {"case": i.case, "reason": WHY}


def _terms(i) -> dict:
    until = (i.clock() + timedelta(days=9)).isoformat()
    scope = {"cameras": [i.camera], "windows": [{"start": "2026-11-24T10:00Z", "end": "2026-11-24T12:00Z"}]}
    return {
        "purpose": "who broke into the depot", "basis": "code of criminal procedure, art. 75",
        "authorised_by": "J. Martin, prosecutor", "capabilities": ["view.masked"], "scope": scope,
        "until": until, "fields": dict(FIELDS),
    }  # fmt: skip


def _announced(i) -> dict:
    about = {"filename": "a.mp4", "camera": "gate", "case": i.case, "reason": WHY}
    pairs = ",".join(f"{key} {b64encode(value.encode()).decode()}" for key, value in about.items())
    return {"headers": {"Tus-Resumable": "1.0.0", "Upload-Length": "9", "Upload-Metadata": pairs}}


def _piece(i) -> dict:
    kind = "application/offset+octet-stream"
    return {
        "headers": {"Tus-Resumable": "1.0.0", "Upload-Offset": "0", "Content-Type": kind},
        "content": b"x",
    }


_REST = {
    "beginUpload": _announced,
    "showUpload": lambda i: {"headers": {"Tus-Resumable": "1.0.0"}},
    "addPiece": _piece,
    "dropUpload": lambda i: {"headers": {"Tus-Resumable": "1.0.0"}},
    "signIn": lambda i: {"json": {"name": "nobody of this name", "password": "wrong"}},
    "changePassword": lambda i: {"json": {"old": PASSWORD, "new": "too short"}},  # so that it stays
    "acceptInvitation": lambda i: {"json": {"invitation": "user-0.0", "password": PASSWORD}},
    "inviteUser": lambda i: {
        "json": {"name": f"new {secrets.token_hex(4)}", "unit": "South", "roles": ["operator"]}
    },
    "enrolKey": lambda i: {"json": {"file": "{}"}},
    "authoriseUser": lambda i: {"json": {"authorisation": None}},
    "declareEmergency": lambda i: {"json": {**_terms(i), "reason": "a child is missing since noon"}},
    "regulariseCase": lambda i: {"json": _terms(i)},
    "verifyLog": lambda i: {"json": {}},
    "takeWitness": lambda i: {"json": {"file": "", "witnesses": [{"name": "w", "key": "k"}]}},
    "confirmFinding": lambda i: {"json": {"note": "asked about, on duty that night"}},
    "makeDocument": lambda i: {"json": {"kind": "record", "language": "en"}},
    "registerAssessment": lambda i: {
        "json": {
            "digest": "0" * 64,
            "signatory": "M. D",
            "signed": "2026-01-10",
            "opinion": "-",
            "dpo": "L. P",
        }
    },
    "openCase": lambda i: {"json": _terms(i)},
    "requestAllowance": lambda i: {"json": {"capabilities": ["view.unmasked"], "reason": WHY}},
    "extendCase": lambda i: {
        "json": {"until": (i.clock() + timedelta(days=40)).isoformat(), "fields": dict(FIELDS)}
    },
    "closeCase": lambda i: {"json": {"outcome": "too short"}},  # refused as it is: it must stay open
    "takeAnswer": lambda i: {"json": {"file": "{}"}},
    "listRecordings": lambda i: {"params": _case(i)},
    "showScene": lambda i: {"params": _case(i)},
    "listWays": lambda i: {"params": _case(i)},
    "listPeople": lambda i: {"params": _case(i)},
    "tryGround": lambda i: {
        "json": {
            "picture": [[0.1, 0.9], [0.9, 0.9], [0.7, 0.4], [0.3, 0.4]],
            "metres": [[0, 0], [8, 0], [8, 9], [0, 9]],
            "width": 320,
            "height": 240,
        }
    },
    "saveZone": lambda i: {"json": {"kind": "zone", "points": [[0, 0], [1, 0], [1, 1]]}},
    "saveGround": lambda i: {
        "json": {
            "picture": [[0.1, 0.9], [0.9, 0.9], [0.7, 0.4], [0.3, 0.4]],
            "metres": [[0, 0], [8, 0], [8, 9], [0, 9]],
        }
    },
    "readClock": lambda i: {"json": {"name": "gate.mp4", **_case(i)}},
    "setClock": lambda i: {"json": {"start": "2026-11-24T12:00:00Z", "uncertainty": 1}},
    "showMasks": lambda i: {"json": {"footage": "none", "name": "gate.mp4", **_case(i)}},
    "keepMasksReview": lambda i: {"json": {"file": "{}"}},
    "listPicturesOf": lambda i: {"params": {"track": i.tracks[:2], **_case(i)}},
    "findSimilar": lambda i: {"json": _case(i)},
    "followTrack": lambda i: {"json": _case(i)},
    "decideLink": lambda i: {"json": {"other": i.tracks[1], "verdict": "rejected", **_case(i)}},
    "showJourney": lambda i: {"params": _case(i)},
    "revealPlates": lambda i: {"json": {"tracks": i.tracks[:1], **_case(i)}},
    "followPlate": lambda i: {"json": {"plate": "~AB123CD", **_case(i)}},
    "listPlateLists": lambda i: {"params": _case(i)},
    "importPlateList": lambda i: {
        "json": {
            "name": "stolen",
            "plates": "AB123CD",
            "until": (i.clock() + timedelta(days=1)).isoformat(),
            **_case(i),
        }
    },
    "dropPlateList": lambda i: {"params": _case(i)},
    "listEvents": lambda i: {"params": _case(i)},
    "decideEvents": lambda i: {"json": {"events": ["event-none"], "verdict": "accepted", **_case(i)}},
    "lookForEvents": lambda i: {"json": _case(i)},
    "tryRule": lambda i: {"json": {"rule": "line", "settings": {"line": [[0.5, 0], [0.5, 1]]}, **_case(i)}},
    "setSwitch": lambda i: {"json": {"rule": "line", "off": True, "reason": "deliveries this week"}},
    "saveRule": lambda i: {"json": {"rule": "dwell", "settings": {"zone": [[0, 0], [1, 0], [1, 1]]}}},
    "saveSitePicture": lambda i: {"json": {"data": ""}},
    "saveSitePlaces": lambda i: {"json": {"places": [{"camera": i.camera, "x": 0.5, "y": 0.5}]}},
    "openViewing": lambda i: {
        "json": {"cameras": [i.camera], "start": "2026-11-24T11:59Z", "end": "2026-11-24T12:01Z", **_case(i)}
    },
    "ask": lambda i: {"json": {"query": "object", **_case(i)}},
    "showPicture": lambda i: {"params": _case(i)},
    "beginSynopsis": lambda i: {"json": _case(i)},
    "listSprites": lambda i: {"params": {"n": 0}},
    "exportPlan": lambda i: {"json": {"scene": 0, "starts": [0]}},
    "makeClip": lambda i: {"json": _case(i)},
    "listMarks": lambda i: {"params": _case(i)},
    "saveMarks": lambda i: {"json": {"tracks": i.tracks[:1], "verdict": "unsure", **_case(i)}},
    "listBasket": lambda i: {"params": _case(i)},
    "listShots": lambda i: {"params": {"track": i.tracks[:2], **_case(i)}},
    "revealShots": lambda i: {"json": {"tracks": i.tracks[:1], **_case(i)}},
    "preview": lambda i: {"json": {"choice": {"tracks": i.tracks[:2]}, **_case(i)}},
    "draftReport": lambda i: {
        "json": {"choice": {"tracks": i.tracks[:1]}, "recipient": "Ms Roux", **_case(i)}
    },
    "export": lambda i: {
        "json": {"choice": {"tracks": i.tracks[:1]}, "recipient": "Ms Roux", "languages": ["en"], **_case(i)}
    },
    "answerDemand": lambda i: {"json": {"contact": "privacy@example.org"}},
    "openDemand": lambda i: {
        "json": {
            "right": "access",
            "cameras": ["gate"],
            "start": "2026-11-24T11:00Z",
            "end": "2026-11-24T13:00Z",
            "name": "Zoé Marchand",
            "description": "red top, came in with a dog",
            "identity": "a passport was shown at the desk",
        }
    },
    "searchDemand": lambda i: {"json": {"query": "object"}},
    "decideDemand": lambda i: {"json": {"ground": "not-identified", "reason": WHY}},
    "extendDemand": lambda i: {"json": {"reason": WHY}},
    "exportStatistics": lambda i: {"params": {"by": "class", "kind": "csv", **_case(i)}},
    "showStatistics": lambda i: {"params": {"by": "class", **_case(i)}},
    "explain": lambda i: {"params": {"capability": "synopsis", "case": i.case}},
    "switchDeclaration": lambda i: {"json": {"public": True}},
}

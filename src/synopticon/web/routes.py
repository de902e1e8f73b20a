"""The table of routes: what is answered, to whom, and which act does it. Nothing is mounted outside it.

A row names one of three:

``capability``  what its act asks for. The act itself decides, in the worker thread, and writes the record.
``own``         somebody must be signed in, but it is no act: why that is enough.
``public``      nobody need be signed in: why that is right.

Add a route by adding a row and a function in ``web/api/``. The tests walk this table: each row with each
role, without a session, from another origin, without the page's token.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

from synopticon.web.api import (
    account,
    approvals,
    basket,
    cameras,
    cases,
    clocks,
    declaration,
    demands,
    events,
    exports,
    grounds,
    house,
    jobs,
    journeys,
    live,
    log,
    masks,
    oidc,
    oversight,
    papers,
    people,
    plates,
    retention,
    search,
    session,
    site,
    statistics,
    synopses,
    uploads,
    verify,
    viewings,
)

Heavy = Literal["query", "work"]


@dataclass(frozen=True, slots=True)
class Route:
    """One row. ``call``: the function, whose name is the operation's id.

    ``status``, ``kind`` (media type): of the good answer. ``heavy``: it works the processor for long, so few
    of them run at once, in threads of their own, and the others do not wait for them: questions (``query``)
    one after the other, since two at once take each twice as long, and beside them what takes longer
    (``work``).
    """

    method: str
    path: str
    call: Callable[..., Any]
    tag: str
    capability: str = ""
    own: str = ""
    public: str = ""
    status: int = 200
    kind: str = "application/json"
    heavy: Heavy | None = None

    @property
    def name(self) -> str:
        """The operation's id, from which the names in the page's client are made."""
        head, *rest = self.call.__name__.split("_")
        return head + "".join(word.capitalize() for word in rest)


_MINE = "tells whoever is signed in about themselves"
_PLAYS = "plays what an act let this session look at, as long as that would be given again"
_SENDS = "goes on with an upload that an act of one's own began"
_ANYBODY = "the same page in every installation of this release"
_JOBS = "tells about the jobs that one asked for"
_PAGES = "turns the pages of an answer that an act gave to this session, as long as that would be given again"
_GIVEN = "gives what an act gave to this session, as long as that would be given again"

ROUTES: tuple[Route, ...] = (
    Route("GET", "/api/health", house.show_health, "house", public="says nothing but that it runs"),
    Route("GET", "/api/capabilities", house.show_capabilities, "house", public="what the build can do"),
    Route("GET", "/api/door", session.show_door, "session", public="how one signs in"),
    Route("POST", "/api/session", session.sign_in, "session", public="signing in; an act of its own"),
    Route("GET", "/api/session", session.show_session, "session", own=_MINE),
    Route("DELETE", "/api/session", session.sign_out, "session", own="ends one's own session", status=204),
    Route("PUT", "/api/session/password", account.change_password, "session", capability="user.password"),
    Route(
        "POST", "/api/invitation", account.accept_invitation, "session",
        public="whoever has an invitation chooses a password; an act of its own",
    ),
    Route(
        "GET", "/oidc/start", oidc.start_oidc, "session", status=303, kind="text/html",
        public="leads to the organisation's sign-in",
    ),
    Route(
        "GET", "/oidc/callback", oidc.finish_oidc, "session", status=303, kind="text/html",
        public="whom the organisation's sign-in sends back; an act of its own",
    ),
    Route("GET", "/api/sessions", account.list_sessions, "session", own=_MINE),
    Route(
        "DELETE", "/api/sessions/{session}", account.end_session, "session",
        own="ends a session of one's own", status=204,
    ),
    Route("GET", "/api/users", people.list_users, "users", capability="user.read"),
    Route("POST", "/api/users", people.invite_user, "users", capability="user.add", status=201),
    Route(
        "POST", "/api/users/{user}/invitation", people.invite_again, "users",
        capability="user.change", status=201,
    ),
    Route("PUT", "/api/users/{user}/key", people.enrol_key, "users", capability="user.change"),
    Route(
        "PUT", "/api/users/{user}/authorisation", people.authorise_user, "users", capability="user.change"
    ),
    Route("POST", "/api/users/{user}/retirement", people.retire_user, "users", capability="user.change"),
    Route("GET", "/api/session/may", session.list_my_capabilities, "session", own=_MINE),
    Route("GET", "/api/notices", session.list_notices, "session", own=_MINE),
    Route(
        "POST", "/api/notices/{notice}/confirm", session.confirm_notice, "session",
        capability="user.notice", status=204,
    ),
    Route("GET", "/api/workspace", house.show_workspace, "house", own="facts that every page shows"),
    Route("GET", "/api/cases", cases.list_cases, "cases", capability="case.read"),
    Route("POST", "/api/cases", cases.open_case, "cases", capability="case.open", status=201),
    Route("GET", "/api/rules", approvals.show_rules, "cases", own="what the profile asks, for every form"),
    Route(
        "POST", "/api/emergencies", approvals.declare_emergency, "cases",
        capability="case.emergency", status=201,
    ),
    Route(
        "POST", "/api/cases/{case}/regularisation", approvals.regularise_case, "cases",
        capability="case.extend", status=201,
    ),
    Route(
        "POST", "/api/cases/{case}/profile", approvals.request_profile, "cases",
        capability="case.extend", status=201,
    ),
    Route("GET", "/api/cases/{case}", cases.show_case, "cases", capability="case.read"),
    Route(
        "POST", "/api/cases/{case}/requests", cases.request_allowance, "cases",
        capability="case.extend", status=201,
    ),
    Route(
        "GET", "/api/cases/{case}/requests/{digest}", cases.download_request, "cases", capability="case.read"
    ),
    Route(
        "POST", "/api/cases/{case}/extend", cases.extend_case, "cases", capability="case.extend", status=201
    ),
    Route("POST", "/api/cases/{case}/close", cases.close_case, "cases", capability="case.close"),
    Route(
        "POST", "/api/cases/{case}/answers", cases.take_answer, "cases", capability="case.answer", status=201
    ),
    Route("GET", "/api/cameras", cameras.list_cameras, "cameras", capability="camera.read"),
    Route("GET", "/api/recordings", cameras.list_recordings, "cameras", capability="view.masked"),
    Route(
        "POST", "/api/recordings/{footage}/clock/readings", clocks.read_clock, "cameras",
        capability="view.masked", status=202,
    ),
    Route(
        "GET", "/api/jobs/{job}/clock", clocks.show_clock, "cameras",
        own="is of a job of one's own; decided anew",
    ),
    Route(
        "PUT", "/api/recordings/{footage}/clock", clocks.set_clock, "cameras",
        capability="camera.clock", status=204,
    ),
    Route(
        "GET", "/api/cameras/{camera}/scene", cameras.show_scene, "cameras",
        capability="view.masked", heavy="work",
    ),
    Route(
        "GET", "/api/cameras/{camera}/ways", cameras.list_ways, "cameras",
        capability="view.masked", heavy="work",
    ),
    Route("GET", "/api/cameras/{camera}/ground", grounds.show_ground, "cameras", capability="camera.read"),
    Route(
        "GET", "/api/cameras/{camera}/people", grounds.list_people, "cameras",
        capability="view.masked", heavy="work",
    ),
    Route(
        "POST", "/api/grounds/trial", grounds.try_ground, "cameras",
        own="reckons with the numbers it is sent, and looks at nothing",
    ),
    Route("GET", "/api/zones", cameras.list_zones, "cameras", capability="camera.read"),
    Route(
        "PUT", "/api/cameras/{camera}/zones/{name}", cameras.save_zone, "cameras", capability="camera.zones"
    ),
    Route(
        "DELETE", "/api/cameras/{camera}/zones/{name}", cameras.delete_zone, "cameras",
        capability="camera.zones", status=204,
    ),
    Route(
        "PUT", "/api/cameras/{camera}/ground", cameras.save_ground, "cameras",
        capability="camera.zones", status=204,
    ),
    Route(
        "POST", "/api/viewings", viewings.open_viewing, "viewings", capability="view.masked", status=201
    ),
    Route(
        "GET", "/api/viewings/{viewing}/parts/{part}/pieces/{piece}", viewings.show_piece, "viewings",
        own=_PLAYS, kind="video/mp4", heavy="work",
    ),
    Route(
        "GET", "/api/pictures", journeys.list_pictures_of, "journeys", capability="view.masked", heavy="work"
    ),
    Route(
        "POST", "/api/tracks/{track}/similar", journeys.find_similar, "journeys",
        capability="search.similar", heavy="work",
    ),
    Route(
        "POST", "/api/tracks/{track}/follow", journeys.follow_track, "journeys",
        capability="journey", heavy="work",
    ),
    Route(
        "POST", "/api/tracks/{track}/links", journeys.decide_link, "journeys",
        capability="journey", status=201,
    ),
    Route("GET", "/api/tracks/{track}/journey", journeys.show_journey, "journeys", capability="journey"),
    Route(
        "POST", "/api/plates/clear", plates.reveal_plates, "plates", capability="search.plate", heavy="work"
    ),
    Route("POST", "/api/plates/follow", plates.follow_plate, "plates", capability="journey", heavy="work"),
    Route("GET", "/api/plates/lists", plates.list_plate_lists, "plates", capability="search.plate"),
    Route(
        "POST", "/api/plates/lists", plates.import_plate_list, "plates",
        capability="search.plate", status=201,
    ),
    Route(
        "DELETE", "/api/plates/lists/{name}", plates.drop_plate_list, "plates",
        capability="search.plate", status=204,
    ),
    Route("GET", "/api/events", events.list_events, "events", capability="view.masked", heavy="work"),
    Route("POST", "/api/events/decisions", events.decide_events, "events", capability="case.mark"),
    # These two ask for each kind of event that they look for; whoever may use one kind may use all.
    Route(
        "POST", "/api/cameras/{camera}/events", events.look_for_events, "events",
        capability="event.abandoned-object", heavy="work",
    ),
    Route(
        "POST", "/api/cameras/{camera}/trial", events.try_rule, "events",
        capability="event.line", heavy="work",
    ),
    Route("GET", "/api/events/kinds", events.list_rule_kinds, "events", own="what this build can look for"),
    Route("GET", "/api/cameras/{camera}/rules", events.list_rules, "events", capability="camera.read"),
    Route("PUT", "/api/cameras/{camera}/rules/{name}", events.save_rule, "events", capability="camera.zones"),
    Route(
        "DELETE", "/api/cameras/{camera}/rules/{name}", events.delete_rule, "events",
        capability="camera.zones", status=204,
    ),
    Route("GET", "/api/live", live.show_live, "events", capability="camera.read"),
    Route(
        "PUT", "/api/cameras/{camera}/switch", live.set_switch, "events",
        capability="camera.suspend", status=204,
    ),
    Route("GET", "/api/site", site.show_site, "site", capability="camera.read"),
    Route("PUT", "/api/site/picture", site.save_site_picture, "site", capability="camera.set"),
    Route("PUT", "/api/site/places", site.save_site_places, "site", capability="camera.set"),
    Route("POST", "/api/answers", search.ask, "search", capability="search.attributes", heavy="query"),
    Route("GET", "/api/answers/{answer}/hits", search.list_hits, "search", own=_PAGES),
    Route(
        "GET", "/api/answers/{answer}/pictures", search.list_pictures, "search",
        capability="view.masked", heavy="work",
    ),
    Route(
        "GET", "/api/tracks/{track}/picture", search.show_picture, "search",
        capability="view.masked", kind="image/jpeg",
    ),
    Route(
        "POST", "/api/synopses", synopses.begin_synopsis, "synopses",
        capability="synopsis", status=201, heavy="work",
    ),
    Route(
        "GET", "/api/synopses/{synopsis}/tubes", synopses.list_tubes, "synopses",
        own=_GIVEN, kind=synopses.BINARY,
    ),
    Route(
        "GET", "/api/synopses/{synopsis}/sprites", synopses.list_sprites, "synopses",
        own=_GIVEN, kind=synopses.BINARY,
    ),
    Route(
        "GET", "/api/synopses/{synopsis}/backgrounds/{n}", synopses.show_background, "synopses",
        own=_GIVEN, kind="image/jpeg",
    ),
    Route(
        "GET", "/api/synopses/{synopsis}/plan", synopses.plan_synopsis, "synopses", own=_GIVEN, heavy="work"
    ),
    Route(
        "POST", "/api/synopses/{synopsis}/exports", synopses.export_plan, "synopses",
        capability="synopsis", status=202,
    ),
    Route(
        "POST", "/api/tracks/{track}/clip", synopses.make_clip, "synopses",
        capability="view.masked", status=201, heavy="work",
    ),
    Route("GET", "/api/clips/{clip}", synopses.play_clip, "synopses", own=_GIVEN, kind="video/mp4"),
    Route("GET", "/api/marks", search.list_marks, "search", capability="view.masked"),
    Route("POST", "/api/marks", search.save_marks, "search", capability="case.mark"),
    Route("GET", "/api/basket", basket.list_basket, "evidence", capability="view.masked"),
    Route(
        "GET", "/api/basket/shots", basket.list_shots, "evidence", capability="view.masked", heavy="work"
    ),
    Route(
        "POST", "/api/basket/clear", basket.reveal_shots, "evidence", capability="view.unmasked", heavy="work"
    ),
    Route(
        "POST", "/api/exports/preview", exports.preview, "evidence",
        capability="view.masked", heavy="work",
    ),
    Route(
        "POST", "/api/exports", exports.export, "evidence", capability="export.masked", status=202
    ),
    Route(
        "GET", "/api/jobs/{job}/papers/{paper}", papers.show_paper, "evidence",
        own="is of a job of one's own; decided anew",
        kind="application/octet-stream",
    ),
    Route(
        "POST", "/api/exports/report", exports.draft_report, "evidence",
        capability="view.masked", kind="application/pdf", heavy="work",
    ),
    Route("POST", "/api/masks", masks.show_masks, "evidence", capability="view.masked", status=202),
    Route(
        "GET", "/api/masks/{job}/page", masks.show_masks_page, "evidence",
        own="is of a job of one's own; decided anew", kind="text/html",
    ),
    Route(
        "GET", "/api/masks/{job}/review", masks.show_masks_review, "evidence",
        own="is of a job of one's own; decided anew",
    ),
    Route("PUT", "/api/masks/{job}/review", masks.keep_masks_review, "evidence", capability="case.mark"),
    Route("GET", "/api/requests", demands.list_demands, "requests", capability="request.read"),
    Route("POST", "/api/requests", demands.open_demand, "requests", capability="request.open", status=201),
    Route(
        "GET", "/api/requests/form", demands.show_form, "requests",
        own="settings only, nothing of anybody", kind="text/html",
    ),
    Route("GET", "/api/requests/{request}", demands.show_demand, "requests", capability="request.read"),
    Route(
        "POST", "/api/requests/{request}/candidates", demands.search_demand, "requests",
        capability="request.search", heavy="work",
    ),
    Route(
        "POST", "/api/requests/{request}/decision", demands.decide_demand, "requests",
        capability="request.decide",
    ),
    Route(
        "POST", "/api/requests/{request}/extension", demands.extend_demand, "requests",
        capability="request.extend",
    ),
    Route(
        "GET", "/api/requests/{request}/notice", demands.show_notice, "requests",
        capability="request.read", kind="text/html",
    ),
    Route(
        "GET", "/api/requests/{request}/looks", demands.list_looks, "requests",
        capability="request.read", heavy="work",
    ),
    Route(
        "POST", "/api/requests/{request}/answer", demands.answer_demand, "requests",
        capability="request.read", status=202,
    ),
    Route("GET", "/api/verify", verify.show_verify_digest, "evidence", own=_ANYBODY),
    Route(
        "GET", "/api/verify/page", verify.show_verify_page, "evidence", own=_ANYBODY, kind="text/html"
    ),
    Route(
        "GET", "/api/statistics/file", statistics.export_statistics, "statistics",
        capability="statistics", kind="application/octet-stream", heavy="work",
    ),
    Route(
        "GET", "/api/statistics", statistics.show_statistics, "statistics",
        capability="statistics", heavy="work",
    ),
    Route("OPTIONS", "/api/uploads", uploads.tell_protocol, "uploads", own="says how one sends", status=204),
    Route("POST", "/api/uploads", uploads.begin_upload, "uploads", capability="ingest", status=201),
    Route("HEAD", "/api/uploads/{job}", uploads.show_upload, "uploads", own=_SENDS),
    Route("PATCH", "/api/uploads/{job}", uploads.add_piece, "uploads", own=_SENDS, status=204),
    Route("DELETE", "/api/uploads/{job}", uploads.drop_upload, "uploads", own=_SENDS, status=204),
    Route("GET", "/api/jobs", jobs.list_jobs, "jobs", own=_JOBS),
    Route("GET", "/api/jobs/events", jobs.follow_jobs, "jobs", own=_JOBS, kind="text/event-stream"),
    Route("GET", "/api/jobs/{job}", jobs.show_job, "jobs", own=_JOBS),
    Route("DELETE", "/api/jobs/{job}", jobs.cancel_job, "jobs", own="stops what one asked for"),
    Route(
        "POST", "/api/jobs/{job}/again", jobs.repeat_job, "jobs", status=202,
        own="asks for the same again: an act of the job's own capability",
    ),
    Route(
        "GET", "/api/jobs/{job}/result", jobs.fetch_result, "jobs", kind="application/octet-stream",
        own="gives what an act made for oneself, as long as that would be done again",
    ),
    Route("GET", "/api/log", log.list_log, "log", capability="audit.read"),
    Route("GET", "/api/log/checkpoint", log.show_checkpoint, "log", capability="audit.read"),
    Route("POST", "/api/log/witness", log.take_witness, "log", capability="audit.witness"),
    Route("GET", "/api/review", oversight.review_log, "log", capability="audit.review", heavy="work"),
    Route(
        "POST", "/api/review/{finding}/seen", oversight.confirm_finding, "log",
        capability="audit.review", status=204,
    ),
    Route(
        "POST", "/api/documents", oversight.make_document, "documents", capability="documents", heavy="work"
    ),
    Route(
        "POST", "/api/assessments", oversight.register_assessment, "documents",
        capability="dpia.register", status=201,
    ),
    Route("GET", "/api/retention", retention.show_retention, "documents", capability="retention.report"),
    Route("GET", "/api/log/{sequence}", log.show_entry, "log", capability="audit.read"),
    Route("GET", "/api/log/{sequence}/proof", log.prove_entry, "log", capability="audit.read"),
    Route("POST", "/api/log/verify", log.verify_log, "log", capability="audit.read", heavy="work"),
    Route("GET", "/api/explain", log.explain, "log", own="says what one may do, and does nothing"),
    Route(
        "GET", "/.well-known/synopticon.json", declaration.show_declaration, "declaration",
        public="made to be read by everybody; switched off where that is logged",
    ),
    Route(
        "GET", "/api/declaration", declaration.show_declaration_state, "declaration",
        public="says that it was switched off, and when",
    ),
    Route("PUT", "/api/declaration", declaration.switch_declaration, "declaration", capability="declaration"),
)  # fmt: skip

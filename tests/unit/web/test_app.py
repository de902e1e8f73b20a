"""What takes long does not keep the others waiting."""

import asyncio
import threading

import httpx

from synopticon.web.app import bare_app
from synopticon.web.routes import ROUTES, Route

PLACES = {"findSimilar", "followTrack", "listPicturesOf", "showPiece"}
PLATES = {"revealPlates", "followPlate"}
EVENTS = {"listEvents", "lookForEvents", "tryRule"}


def test_searches_statistics_and_pictures_are_known_to_take_long():
    heavy = {row.name for row in ROUTES if row.heavy}
    assert heavy == {
        "ask", "beginSynopsis", "draftReport", "exportStatistics", "listLooks", "listPeople",
        "listPictures", "listShots", "listWays", "makeClip", "makeDocument", "planSynopsis", "preview",
        "revealShots", "reviewLog", "searchDemand", "showScene", "showStatistics", "verifyLog",
    } | PLACES | PLATES | EVENTS  # fmt: skip


def test_many_that_take_long_leave_room_for_the_others():
    """Forty at once hold no thread that a short one needs; all of them are answered in the end."""
    free, seen = threading.Event(), []

    def dig(number: int) -> int:
        """Take long."""
        free.wait(30)
        seen.append(threading.current_thread().name)
        return number

    def look() -> str:
        """Take no time."""
        return "here"

    def find() -> str:
        """Answer a question."""
        return threading.current_thread().name

    app = bare_app(
        (
            Route("GET", "/api/dig", dig, "t", public="a test", heavy="work"),
            Route("GET", "/api/look", look, "t", public="a test"),
            Route("GET", "/api/find", find, "t", public="a test", heavy="query"),
        )
    )

    async def everybody():
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://here") as browser:
            digging = [asyncio.create_task(browser.get(f"/api/dig?number={k}")) for k in range(40)]
            await asyncio.sleep(0.05)
            short = [await asyncio.wait_for(browser.get(path), 10) for path in ("/api/look", "/api/find")]
            free.set()
            return [answer.json() for answer in (*short, *await asyncio.gather(*digging))]

    looked, found, *dug = asyncio.run(everybody())
    assert looked == "here"
    assert found.startswith("query")
    assert dug == list(range(40))
    assert all(name.startswith("work") for name in seen)

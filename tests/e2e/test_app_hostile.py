"""Names that are programs: what somebody calls a file, a place, a case or a note is shown as text, always."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from synopticon.acts import cases
from synopticon.acts.cameras import set_camera
from synopticon.acts.ingest import IngestRequest, ingest
from synopticon.acts.marks import Marking, mark_tracks
from tests.investigation import NOW, WHY, Clock, investigate
from tests.people import DAY, FIELDS, terms
from tests.scene import write_scene
from tests.webapp import House, Open, give_reason, serving

pytestmark = [pytest.mark.browser, pytest.mark.node, pytest.mark.posix]
EVIL = "\"><img src=x onerror='window.broken=1'><svg onload=window.broken=1>"
FILE = EVIL.replace("/", "")


@pytest.fixture(scope="module")
def house(tmp_path_factory: pytest.TempPathFactory) -> Iterator[House]:
    folder = tmp_path_factory.mktemp("hostile")
    clock = Clock()
    clock.later(hours=-3)
    with pytest.MonkeyPatch.context() as patch:
        made = investigate(folder, patch, clock)
        workspace = made.workspace
        path = write_scene(folder / f"{FILE}.mp4", 1, 1.0, 0.3, seed=9)
        asked = IngestRequest((str(path),), "gate", model="none", workers=1, start=NOW, case=made.case)
        ingest(workspace, asked)
        track = made.tracks("hall")[0].id
        mark_tracks(workspace, [track], Marking("accepted", EVIL), case=made.case, reason=WHY)
        cases.open_case(workspace, terms(purpose=EVIL, until=clock() + 30 * DAY, fields=FIELDS))
        made.login("ada")
        set_camera(workspace, "gate", place=EVIL)
        workspace.engine.dispose()
    with serving(folder / "ws", folder / "home") as address:
        yield House(folder / "ws", made.case, address)


def test_names_are_shown_as_text_and_nothing_of_them_runs(opened: Open, house: House) -> None:
    window = opened(house.address).sign_in("ines")
    give_reason(window, house)
    shown = set()
    for path in (
        "/cases",
        *map(house.page, ("", "/footage", "/search?q=is:accepted", "/evidence", "/zones")),
    ):
        window.open(path)
        window.page.wait_for_load_state("networkidle")
        window.page.evaluate("document.querySelectorAll('details').forEach(one => { one.open = true; })")
        if "onerror" in window.text("body"):
            shown.add(Path(path).name.partition("?")[0])
        assert window.page.evaluate("window.broken") is None, path
        assert window.page.locator("img[src=x], svg[onload]").count() == 0, path
    assert {"cases", "footage"} <= shown, shown

"""``verify.html`` in a real browser, opened from disk, the network off: it finds what ``verify`` finds."""

import json
import re
import shutil
from base64 import b64encode
from collections.abc import Iterator
from hashlib import sha256
from pathlib import Path
from time import monotonic
from typing import Any

import pytest

from synopticon import __version__
from synopticon.evidence import format as form
from synopticon.evidence.package import Item
from synopticon.evidence.page import page, page_digest
from synopticon.evidence.verify import verify_package
from synopticon.governance.canonical import canonical
from synopticon.governance.keys import SigningKey
from tests.logs import make_log
from tests.packages import CHANGES, TO, changes, make_package, resign

pytestmark = pytest.mark.browser


class Window:
    """The page, and folders shown to it."""

    def __init__(self, page_: Any) -> None:
        self.page = page_

    def choose(self, folder: Path) -> str:
        """Choose a folder with the button; gives the class of the verdict: good, open, bad, none."""
        self.page.set_input_files("#folder", folder)
        return self.answer()

    def drop(self, folder: Path) -> str:
        """Drop a folder, as a file manager does."""
        session = self.page.context.new_cdp_session(self.page)
        data = {"items": [], "files": [str(folder)], "dragOperationsMask": 1}
        for kind in ("dragEnter", "dragOver", "drop"):
            session.send("Input.dispatchDragEvent", {"type": kind, "x": 300, "y": 250, "data": data})
        return self.answer()

    def answer(self) -> str:
        end = monotonic() + 30
        while self.page.locator("#result").is_hidden() or self.page.locator("#working").is_visible():
            assert monotonic() < end, self.text("#told")
            self.page.wait_for_timeout(5)
        return str(self.page.locator("#verdict").get_attribute("class"))

    def tell(self, fingerprint: str) -> str:
        """Type the fingerprint from elsewhere; gives the class of the verdict."""
        self.page.locator("#given").fill("")
        self.page.locator("#given").press_sequentially(fingerprint)
        return str(self.page.locator("#verdict").get_attribute("class"))

    def text(self, what: str) -> str:
        return str(self.page.locator(what).inner_text())


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Any]:
    return make_package(tmp_path_factory.mktemp("made"))


@pytest.fixture
def opened(browser: Any, tmp_path: Path) -> Iterator[Any]:
    """Opens a copy of the page of its own; its console must be silent, and nothing may be asked for."""
    said: list[str] = []
    contexts = []

    def open_page(html: Path | None = None, locale: str = "en-GB", width: int = 1000) -> Window:
        context = browser.new_context(offline=True, locale=locale, viewport={"width": width, "height": 900})
        contexts.append(context)
        window = context.new_page()
        window.set_default_timeout(15000)
        window.on("console", lambda m: said.append(f"{m.type}: {m.text}"))
        window.on("pageerror", lambda e: said.append(f"error: {e}"))
        window.on("request", lambda r: r.url.startswith("file:") or said.append(f"asked for {r.url}"))
        if html is None:
            html = tmp_path / "alone.html"
            html.write_bytes(page())
        window.goto(html.as_uri())
        return Window(window)

    yield open_page
    for context in contexts:
        context.close()
    assert said == []


@pytest.fixture
def package(made: tuple[Path, Any], tmp_path: Path) -> Path:
    return Path(shutil.copytree(made[0], tmp_path / "package"))


def test_a_good_package_is_good_once_its_key_was_compared(opened: Any, made: tuple[Path, Any]) -> None:
    folder, log = made
    window = opened(folder / "verify.html")
    assert window.choose(folder) == "open"
    assert "not yet checked who signed it" in window.text("#verdict")
    assert window.text("#fingerprint").replace(" ", "") == log.public.fingerprint
    assert "a folder cannot vouch for itself" in window.text("#signer")
    assert "compare the fingerprint above" in window.text("#open")
    assert window.tell(log.public.fingerprint) == "good"
    assert "Genuine: unchanged, and signed with the key you were told." in window.text("#verdict")
    assert TO in window.text("#facts")
    assert "library.example" in window.text("#proved")
    assert "Who holds the key" in window.text("#open")
    for nothing in ("#problems", "#another-page", "#more"):
        assert window.text(nothing) == ""
    assert window.page.locator("#remarks-part").is_hidden()


def test_another_key_makes_the_one_verdict_bad(opened: Any, made: tuple[Path, Any]) -> None:
    window = opened()
    window.choose(made[0])
    assert window.tell(SigningKey.make().public.fingerprint) == "bad"
    assert "Signed with ANOTHER key. Do not rely on it." in window.text("#verdict")
    assert "Nothing was changed" in window.text("#more")
    assert window.tell("") == "open"


def test_what_is_typed_is_compared_digit_by_digit(opened: Any, made: tuple[Path, Any]) -> None:
    window, right = opened(), made[1].public.fingerprint
    window.choose(made[0])
    wrong = "1" if right[4] == "0" else "0"
    for typed, state, match, said in (
        (right[:1], "open", "part", "Matches so far, 1 of 32."),
        (right[:4], "open", "part", "Matches so far, 4 of 32."),
        (right[:4] + wrong, "bad", "other", "Differs at digit 5."),
        (right[:31], "open", "part", "Matches so far, 31 of 32."),
        (right.upper(), "good", "same", "The key is the one you were told."),
        (right + "0", "bad", "other", "Longer than a fingerprint: 33 digits, not 32."),
        ("hello", "bad", "other", "Differs at digit 1."),
    ):
        assert window.tell(typed) == state, typed
        assert window.text("#match") == said
        assert window.page.locator("#match").get_attribute("class") == match


def test_the_field_groups_what_is_typed_and_keeps_the_caret(opened: Any, made: tuple[Path, Any]) -> None:
    window, right = opened(), made[1].public.fingerprint
    groups = " ".join(right[n : n + 4] for n in range(0, 32, 4))
    window.choose(made[0])
    field = window.page.locator("#given")
    assert window.tell(right[:2] + right[3:]) != "good"
    for _ in range(len(groups)):
        field.press("ArrowLeft")
    field.press("ArrowRight")
    field.press("ArrowRight")
    field.press(right[2])  # the one that was forgotten
    assert field.input_value() == groups
    assert field.evaluate("e => e.selectionStart") == 3
    for pasted in (groups.upper(), right.replace(right[8:12], right[8:12] + ":"), f" {right}\n"):
        field.fill(pasted)
        assert field.input_value() == groups


def test_the_right_key_of_a_changed_folder_says_both(opened: Any, package: Path) -> None:
    (package / "receipt.txt").write_bytes(b"re\xc3\xa7v\n")
    window = opened()
    assert window.choose(package) == "bad"
    said = json.loads((package / form.MANIFEST).read_bytes())["signer"]["fingerprint"]
    assert window.tell(said) == "bad"
    assert (
        window.text("#match") == "The key is the one you were told. But the folder is not as it was signed."
    )
    assert window.tell(SigningKey.make().public.fingerprint) == "bad"
    assert "ANOTHER key, and NOT as it was signed" in window.text("#verdict")


def test_an_export_says_what_it_is_and_counts_the_entries_of_its_case(opened: Any, tmp_path: Path) -> None:
    folder, log = make_package(tmp_path, kind="export", before=(2, 5, 9))
    window = opened()
    assert window.choose(folder) == "open"
    assert "evidence exported from a case" in window.text("#facts")
    own = log.storage.size() - 1
    (act,) = [line for line in window.text("#proved").splitlines() if f"log of acts (no. {own})" in line]
    assert "So are 3 earlier steps (from no. 2 to no. 9)." in act
    window.page.locator("#details summary").click()
    assert log.origin in window.text("#names")
    assert {f"No. {n}" for n in (2, 5, 9, own)} <= set(window.text("#names").splitlines())


def test_it_says_what_is_original_and_what_was_edited(opened: Any, tmp_path: Path) -> None:
    roles = [
        form.PART,
        form.WORKING,
        form.WORKING_CLEAR,
        form.STILL,
        form.SYNTHETIC,
        form.BESIDE_SYNTHETIC,
        "?",
    ]
    held = tuple(Item(f"{n}.bin", role, b"x") for n, role in enumerate(roles))
    folder, _ = make_package(tmp_path, more_items=held)
    window = opened()
    window.choose(folder)
    assert window.text("#holds").splitlines() == [
        "Original recordings: 3 (1 of them excerpts)",
        "Edited copies, not the original: 1",
        "Edited copies in which some people are NOT masked: 1",
        "Still pictures out of edited copies: 1",
        "Composite, not a real moment: the synopsis (2 files)",
        "Papers, and what is needed to check: 4",
    ]
    assert "original recording, complete and unchanged" in window.text("#rows")


def test_no_date_is_proved_that_nobody_confirmed(opened: Any, tmp_path: Path) -> None:
    folder, _ = make_package(tmp_path, log=make_log())
    window = opened()
    window.choose(folder)
    assert not re.search(r"20\d\d-", window.text("#proved"))
    assert "only the sender's own clock says so. No independent party confirmed it" in window.text("#open")


def test_the_verdict_comes_first_and_stays(opened: Any, made: tuple[Path, Any]) -> None:
    window = opened(width=390)
    window.choose(made[0])
    verdict, signer, proved = (window.page.locator(x) for x in ("#verdict", "#signer", "#proved"))
    assert 0 <= verdict.bounding_box()["y"] < 10
    assert window.page.evaluate("document.activeElement.id") == "verdict"
    assert signer.bounding_box()["y"] < proved.bounding_box()["y"]
    proved.scroll_into_view_if_needed()
    assert 0 <= verdict.bounding_box()["y"] < 10


def test_a_folder_can_be_dropped(opened: Any, made: tuple[Path, Any], package: Path) -> None:
    window = opened()
    assert window.drop(made[0]) == "open"
    (package / "footage" / "yard.mkv").write_bytes(b"x" * 70)
    assert window.drop(package) == "bad"
    assert (
        window.text("#problems")
        == "footage/yard.mkv: was changed (original recording, complete and unchanged)"
    )
    assert "1 of 5 files was changed after signing. The other 4 are as signed." in window.text("#more")
    assert TO in window.text("#facts")  # the list itself is signed


def test_a_folder_that_is_none_is_not_accused(opened: Any, package: Path) -> None:
    window = opened()
    assert window.choose(package / "footage") == "none"
    assert window.text("#verdict") == "This is not a signed folder."
    assert "Choose the folder that holds verify.html and manifest.json." in window.text("#more")
    assert window.text("#problems") == ""
    assert window.page.locator("#signer").is_hidden()


def test_signed_folders_that_lie_in_it_can_be_chosen(opened: Any, package: Path, tmp_path: Path) -> None:
    stick = tmp_path / "stick"
    shutil.copytree(package, stick / "one" / "first é")
    shutil.copytree(package, stick / "second")
    (stick / "second" / "receipt.txt").unlink()
    (stick / form.PAGE).write_bytes(page())  # a page from elsewhere
    window = opened()
    for name, state in (("one/first é", "open"), ("second", "bad")):
        assert window.choose(stick) == "none"
        assert window.text("#inner").splitlines() == ["one/first é", "second"]
        window.page.get_by_role("button", name=name).click()
        assert window.answer() == state


@pytest.mark.parametrize("left", [form.SIGNATURE, form.LOG, form.PAGE])
def test_a_package_without_its_manifest_fails(opened: Any, package: Path, left: str) -> None:
    (package / form.MANIFEST).unlink()
    for name in {form.SIGNATURE, form.LOG, form.PAGE} - {left}:
        (package / name).unlink()
    window = opened()
    assert window.choose(package) == "bad"
    assert "Nothing here can be checked: manifest.json is missing." in window.text("#verdict")


def test_the_page_knows_its_own_digest(opened: Any, made: tuple[Path, Any]) -> None:
    assert opened().text("#digest") == page_digest()
    assert opened(made[0] / "verify.html").text("#digest") == page_digest()


def tampered(package: Path, how: str) -> None:
    if how == "missing":
        (package / "receipt.txt").unlink()
    elif how == "extra":
        (package / "footage" / "extra.mp4").write_bytes(b"x")
    elif how == "renamed":
        (package / "footage" / "yard.mkv").rename(package / "footage" / "garden.mkv")
    elif how == "unsigned":
        (package / form.SIGNATURE).unlink()
    elif how == "another key":
        resign(package, SigningKey.make(), lambda fields: None)
    elif how == "newer":
        resign(package, SigningKey.make(), lambda fields: fields.update(version=2))
    elif how == "no manifest":
        (package / form.MANIFEST).unlink()


@pytest.mark.parametrize(
    ("how", "expected"),
    [
        ("missing", "receipt.txt: is missing"),
        ("extra", "footage/extra.mp4: does not belong to the folder"),
        ("renamed", "footage/yard.mkv: is missing"),
        ("unsigned", "signature.txt: is missing"),
        ("another key", "signature.txt: the signature of synopticon/tests does not fit"),
        ("newer", "version 2, newer than this page"),
        ("no manifest", "manifest.json: is missing"),
    ],
)
def test_what_was_done_is_named(opened: Any, package: Path, how: str, expected: str) -> None:
    tampered(package, how)
    window = opened()
    assert window.choose(package) == "bad"
    assert expected in window.text("#problems")
    assert window.page.locator("#proved").is_hidden()
    unsigned = how in ("unsigned", "another key", "newer", "no manifest")
    assert window.page.locator("#signer").is_hidden() == unsigned


def relisted(package: Path, name: str, data: bytes, key: SigningKey) -> None:
    """A file replaced by the holder of the key, who lists and signs it."""
    (package / name).write_bytes(data)

    def relist(fields: dict[str, Any]) -> None:
        for one in fields["files"]:
            if one["path"] == name:
                one |= {"size": len(data), "sha256": sha256(data).hexdigest()}

    resign(package, key, relist)


def test_proofs_are_followed(opened: Any, made: tuple[Path, Any], package: Path) -> None:
    """Whoever holds the key can sign a changed proof; it leads nowhere all the same."""
    window = opened()
    whole = json.loads((package / form.LOG).read_bytes())

    def changed(change: Any) -> str:
        told = json.loads(json.dumps(whole))
        change(told)
        relisted(package, form.LOG, canonical(told), made[1]._key)
        assert not verify_package(package).good
        assert window.choose(package) == "bad"
        return str(window.text("#problems"))

    assert "a proof does not lead" in changed(lambda t: t["entries"][0]["path"].pop())
    assert "a proof does not lead" in changed(lambda t: t["witnessed"]["consistency"].pop())
    assert "what it says was changed" in changed(lambda t: t["entries"][0]["payload"].update(recipient="x"))
    assert "log.json" in changed(
        lambda t: t["witnessed"]["by"][0].update(key=SigningKey.make().public.text())
    )
    assert "another act" in changed(lambda t: t["entries"].clear())


def test_a_forged_page_is_exposed_by_a_page_from_elsewhere(
    opened: Any, made: tuple[Path, Any], package: Path
) -> None:
    """Its bytes are in the manifest; and where the forger holds the key, it is still another page."""
    forged = page().replace(b"is NOT as it was signed. Do not rely on it.", b"is as it was signed.")
    (package / form.PAGE).write_bytes(forged)
    window = opened()
    assert window.choose(package) == "bad"
    assert "verify.html: was changed" in window.text("#problems")
    relisted(package, form.PAGE, forged, made[1]._key)
    assert window.choose(package) == "open"
    assert "One of the two is not the published one" in window.text("#another-page")
    window.page.locator("#details summary").click()
    assert sha256(forged).hexdigest() in window.text("#names")


def test_the_page_of_another_version_is_no_forgery(
    opened: Any, made: tuple[Path, Any], package: Path
) -> None:
    relisted(package, form.PAGE, b"another", made[1]._key)
    resign(package, made[1]._key, lambda fields: fields.update(program="0.0.9"))
    window = opened()
    assert window.choose(package) == "open"
    assert f"of version 0.0.9, this one of version {__version__}" in window.text("#another-page")
    assert window.text("#release") == f"Page of version {__version__}"


def test_page_and_program_agree_on_random_changes(opened: Any, package: Path) -> None:
    window = opened()
    for where in changes(package, 36, seed=3):
        assert window.choose(package) == "bad", where
        assert not verify_package(package).good, where
        program = {p.place for p in verify_package(package).problems}
        named = {line.split(": ")[0] for line in window.text("#problems").splitlines()}
        assert named == program, where
    assert window.choose(package) == "open"


def test_its_own_ed25519_and_hashes_are_right(opened: Any) -> None:
    """The fallback for browsers without Ed25519, beside the library, on good and on changed signatures."""
    window, key = opened(), SigningKey.make()
    cases = []
    for n in range(12):
        data = bytes(range(n * 20))
        signature = bytearray(key.sign(data))
        if n % 2:
            signature[n * 5] ^= 1 << (n % 8)
        cases.append([list(key.public.raw), list(signature), list(data)])
        assert key.public.verify(bytes(signature), data) == (n % 2 == 0)
    script = """cases => cases.map(c => synopticonCheck.ownEd25519(...c.map(x => new Uint8Array(x))))"""
    assert window.page.evaluate(script, cases) == [n % 2 == 0 for n in range(12)]
    order = (2**252 + 27742317777372353535851937790883648493).to_bytes(32, "little")
    good = key.sign(b"")
    twin = (int.from_bytes(good[32:], "little") + int.from_bytes(order, "little")).to_bytes(32, "little")
    again = [[list(key.public.raw), list(good[:32] + twin), []]]  # the same signature, written in another way
    assert window.page.evaluate(script, again) == [False]
    sizes = [0, 1, 55, 56, 63, 64, 65, 119, 128, 1000]
    hashed = "n => synopticonCheck.hex(synopticonCheck.sha256(new Uint8Array(n).fill(7), new Uint8Array(n)))"
    for n in sizes:
        assert window.page.evaluate(hashed, n) == sha256(b"\7" * n + b"\0" * n).hexdigest()


def test_a_browser_without_ed25519_checks_too(opened: Any, package: Path) -> None:
    window = opened()
    window.page.evaluate("() => { crypto.subtle.importKey = () => Promise.reject(new Error('unknown')); }")
    assert window.choose(package) == "open"
    resign(package, SigningKey.make(), lambda fields: None)
    assert window.choose(package) == "bad"


def test_it_speaks_french_and_switches(opened: Any, made: tuple[Path, Any]) -> None:
    window = opened(locale="fr-FR")
    window.choose(made[0])
    assert window.page.evaluate("document.documentElement.lang") == "fr"
    assert "Inchangé, mais" in window.text("#verdict")
    assert "enregistrement original, complet et inchangé" in window.text("#rows")
    window.page.get_by_role("button", name="English").click()
    assert "Unchanged, but" in window.text("#verdict")
    assert "original recording, complete and unchanged" in window.text("#rows")


@pytest.mark.parametrize("odd", ["constructor", "good", "v_good", "__proto__", "<b>bold</b>"])
def test_what_is_signed_in_other_terms_is_shown_as_it_is(opened: Any, tmp_path: Path, odd: str) -> None:
    """It neither breaks the page nor borrows its words."""
    folder, _ = make_package(tmp_path, kind=odd, mark=odd, more_items=(Item("x.bin", odd, b"x"),))
    window = opened()
    assert window.choose(folder) == "open"
    assert window.text("#facts").split("\n").count(odd) == 2
    assert f"x.bin\n{odd}" in window.text("#rows")


def test_both_languages_say_the_same_things(opened: Any) -> None:
    """Each text that the page uses is there in both, with the same places for numbers and names."""
    window = opened()
    script = window.page.locator("script").last.text_content()
    english, french = script.split("const WORDS = ")[1].split("\n  fr: {")[:2]

    def words(text: str) -> dict[str, list[str]]:
        found = re.findall(r'(?:^|[,{\s])(?:(\w+)|"([^"]+)"): (".*?"(?:\s*\+ ".*?")*)', text)
        return {a or b: sorted(re.findall(r"\{\d\}", c)) for a, b, c in found}

    assert words(english) == words(french.split("\n  },\n};")[0])
    assert len(words(english)) > 50


def test_everything_has_a_name_and_fits(opened: Any, made: tuple[Path, Any]) -> None:
    window = opened(width=360)
    window.choose(made[0])
    nameless = (
        "[...document.querySelectorAll('button, textarea, input:not([hidden])')].filter(e => "
        "!(e.textContent.trim() || e.labels?.length)).map(e => e.outerHTML)"
    )
    assert window.page.evaluate(nameless) == []
    assert window.page.evaluate("document.documentElement.scrollWidth") <= 360


MANY = """async ([files, count, seed]) => {
  let state = seed;
  const dice = n => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return Math.floor(state / 2 ** 32 * n);
  };
  const bytes = files.map(([path, text]) => [path, Uint8Array.from(atob(text), c => c.charCodeAt(0))]);
  const missed = [];
  for (let n = 0; n < count; n++) {
    const which = dice(bytes.length), at = dice(bytes[which][1].length), bit = 1 + dice(255);
    const given = bytes.map(([path, data], i) => {
      const copy = data.slice();
      if (i === which) copy[at] ^= bit;
      return [path, new File([copy], path)];
    });
    const report = await synopticonCheck.check(given);
    if (!report.problems.length) missed.push([bytes[which][0], at, bit]);
  }
  const whole = await synopticonCheck.check(bytes.map(([path, data]) => [path, new File([data], path)]));
  return [missed, whole.problems.length];
}"""


@pytest.mark.slow
def test_many_changes_are_all_found_by_the_page(opened: Any, made: tuple[Path, Any]) -> None:
    files = sorted(p for p in made[0].rglob("*") if p.is_file())
    data = [[p.relative_to(made[0]).as_posix(), b64encode(p.read_bytes()).decode()] for p in files]
    assert opened().page.evaluate(MANY, [data, CHANGES, 11]) == [[], 0]

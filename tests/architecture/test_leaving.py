"""A picture can leave only through the function that masks: no coder or writer is called elsewhere.

Four rules, read from the code:

1. coders of libraries are called in ``CODERS`` only;
2. what these modules offer (their *writers*) is used in ``MASKING`` and ``HARMLESS`` only;
3. what a function of ``MASKING`` writes is what a function made that fills the zones with ``door.masked``;
4. sprite videos are read where ``SPRITES`` says, and handed out as they are kept in one place: masked ones.
"""

import ast
from collections.abc import Mapping
from functools import cache
from types import MappingProxyType

import pytest

from tests.architecture import leaving
from tests.architecture.source import PACKAGE, python_files, tree

# The modules that may call a coder of a library, or are one.
CODERS = frozenset({
    "footage.encode",  # H.264, of planes that it is given
    "footage.exact",  # the same at exact times, with copied sound
    "footage.record",  # what recorders write: for test footage
    "footage.cut",  # packets of an original, copied
    "footage.segments",  # packets of a stream, copied
    "synopsis.door",  # stills
    "evidence.paper",  # PDF, with stills that were coded before
    "search.png",  # maps
    "governance.audit.qr",  # a QR code
})  # fmt: skip

# Functions that write pictures of frames -> the function that made them, which calls ``masked``.
MASKING = MappingProxyType({
    "evidence.redact.redact": "filled",
    "synopsis.clips._copy": "_picture",
    "evidence.shots._pictures": "masked",
    "synopsis.empty.picture": "emptied",
    "acts.read_clock._picture": "masked",
})  # fmt: skip

# Functions, or modules, that may write, and why nobody's face leaves through them.
HARMLESS = MappingProxyType({
    "evidence.redact._writer": "opens the writer for redact(), which masks",
    "synopsis.compose._film": "draws tubes, which are masked at rest; clear ones: see the test below",
    "synopsis.compose.stream": "the same",
    "synopsis.thumbnail.still": "draws a tube, masked at rest, on its empty scene",
    "evidence.pdf": "the report and the gallery as PDF: text, and stills that were coded at the door",
    "acts.copies._Stills.take": "a picture of a working copy, as redact() gives it to ``show``",
    "vision.roll.Stream.__init__": "a tube at rest: masked before it comes here; it stays in the workspace",
    "vision.compose_footage.Studio.gops": "test footage, painted from public pictures",
    "vision.compose_footage.Studio._empty": "the same",
    "acts.compose_footage._record_file": "the same",
    "acts.site.set_picture": "a plan of the site that somebody gives: no footage",
    "acts.doctor._video": "a grey square, to try the encoder",
    "acts.statistics._file": "counts over the empty scene, in grey",
    "search.charts._image": "the same",
    "acts.live_eye._Eye._recorder": "originals of a recorded camera: they stay in the workspace",
    "footage.stream.Stream": "hands packets to the same",
    "acts.leaving._part": "original bytes, where they may leave at all (handover, export.original)",
    "acts.interactive.ground_of": "an empty scene that was learned within the scope",
    "acts.audit._write": "a QR code of a checkpoint",
    "acts.audit.show_checkpoint": "a QR code of a checkpoint",
})  # fmt: skip


@cache
def modules() -> Mapping[str, ast.Module]:
    return {".".join(p.with_suffix("").parts[2:]): tree(p) for p in python_files("src")}


@cache
def offered() -> Mapping[str, set[str]]:
    """The writers of each module of coders."""
    return {name: leaving.writers(modules()[name]) for name in CODERS}


def strays(found: Mapping[str, ast.Module]) -> list[str]:
    """Modules that code pictures and are no module of coders."""
    return [name for name, code in found.items() if name not in CODERS and leaving.coding_lines(code)]


def used(found: Mapping[str, ast.Module]) -> set[leaving.Use]:
    """Where writers are used."""
    every = ((name, code) for name, code in found.items() if name not in CODERS)
    return {use for name, code in every for use in leaving.uses(name, code, offered())}


def harmless(place: str) -> set[str]:
    """The entries of ``HARMLESS`` that name a place, or its module."""
    return {name for name in HARMLESS if place == name or place.startswith(f"{name}.")}


def unmasked(place: str, module: ast.Module) -> list[str]:
    """What is wrong with a function of ``MASKING``: what it writes is not made by one that masks."""
    maker = MASKING[place]
    holder = leaving.function(module, place.removeprefix(f"{place_of(place)}."))
    filling = leaving.function(module, maker)
    if holder is None:
        return ["it is not there"]
    coders = {w for names in offered().values() for w in names if w.islower()}
    made = leaving.written(holder).union(*(leaving.given(holder, w) for w in coders))
    wrong = [] if made == {maker} else [f"it writes what {sorted(made)} made, not {maker}"]
    if maker != "masked" and (filling is None or "masked" not in leaving.calls(filling)):
        wrong.append(f"{maker} does not call masked")
    return wrong


def place_of(place: str) -> str:
    """The module of a place."""
    return next(name for name in modules() if place.startswith(f"{name}."))


def test_pictures_are_coded_in_few_places():
    assert strays(modules()) == []


def test_each_module_of_coders_is_one():
    assert all(offered().values())


def test_writers_are_used_where_pictures_are_masked():
    """Whoever writes pictures elsewhere must take them from ``synopsis.door.masked``, and be named here."""
    found = {use.place: use.writer for use in used(modules())}
    assert not {place: w for place, w in found.items() if place not in MASKING and not harmless(place)}


def test_no_place_is_named_in_vain():
    places = {use.place for use in used(modules())}
    assert not set(HARMLESS) - {name for place in places for name in harmless(place)}


@pytest.mark.parametrize("place", MASKING)
def test_what_is_written_was_masked(place):
    assert unmasked(place, modules()[place_of(place)]) == []


def test_masks_are_filled_in_one_place():
    """``blend.fill`` draws what hides people: of frames, ``masked`` alone calls it."""
    found = {
        name
        for name, code in modules().items()
        for node in ast.walk(code)
        if isinstance(node, ast.ImportFrom) and node.module == "synopticon.synopsis.blend"
        if "fill" in [a.name for a in node.names]
    }
    assert found == {"synopsis.door"}


PASSED_ON = frozenset({"clear", "settings.clear", "self.settings.clear"})
ABOUT_BLOBS = frozenset({"Chunk", "Tube", "replace"})  # they have a field of that name


def asks_for_clear(code: ast.AST) -> list[str]:
    """Where a module decides that pictures are clear: ``clear=`` something, or a request's ``unmasked``."""
    every = [n for n in ast.walk(code) if isinstance(n, ast.Call)]
    calls = [n for n in every if ast.unparse(n.func) not in ABOUT_BLOBS]
    said = [ast.unparse(k.value) for n in calls for k in n.keywords if k.arg == "clear"]
    wishes = [ast.unparse(n) for n in ast.walk(code) if isinstance(n, ast.Attribute)]
    wishes = [wish for wish in wishes if wish.endswith("request.unmasked")]
    return [one for one in (*said, *wishes) if one not in {*PASSED_ON, "False"}]


def has_permission(code: ast.AST) -> bool:
    """Whether a module takes ``view.unmasked``, or the act of ``synopsis`` that does."""
    named = {n.value for n in ast.walk(code) if isinstance(n, ast.Constant)}
    taken = {a.name for n in ast.walk(code) if isinstance(n, ast.ImportFrom) for a in n.names}
    return "view.unmasked" in named or "permitted" in taken


def test_clear_pictures_are_asked_for_under_their_own_permission():
    """Only an act that takes ``view.unmasked`` says ``clear``; everything below passes it on."""
    asking = {name for name, code in modules().items() if asks_for_clear(code)}
    asking = {name for name in asking if not name.startswith("cli.")}  # what was typed
    assert asking >= {"acts.synopsis", "acts.redact", "acts.selection"}
    assert not {
        name for name in asking if not name.startswith("acts.") or not has_permission(modules()[name])
    }


# Where stored sprite videos are read, and which of the two kinds: "kind" is passed on from there.
SPRITES = MappingProxyType({
    "store.granted": {"kind"},  # asks for ``view.unmasked`` before it reads a clear one
    "synopsis.merge": {"kind"},
    "vision.tube": {"'picture'", "'clear'"},  # decodes them; clear ones where it is told to, see above
    "acts.interactive": {"'picture'"},  # to the browser that composes: what is masked at rest, as it is
})  # fmt: skip


def sprite_kinds(code: ast.AST) -> set[str]:
    """Which kinds of stored sprite videos a module reads."""
    calls = [n for n in ast.walk(code) if isinstance(n, ast.Call) and isinstance(n.func, ast.Attribute)]
    return {ast.unparse(n.args[0]) for n in calls if getattr(n.func, "attr", "") == "blob" and n.args}


def test_sprite_videos_leave_masked():
    found = {name: kinds for name, code in modules().items() if (kinds := sprite_kinds(code))}
    assert found == SPRITES


def test_a_new_reader_of_sprites_is_found():
    assert sprite_kinds(ast.parse("def leak(store, ref):\n    return store.blob('clear', ref)")) == {
        "'clear'"
    }


# --- that these tests can fail ------------------------------------------------------------------------------

OFFENDERS = MappingProxyType({
    "cv2": "import cv2\ndef leak(p):\n    cv2.imwrite('a.png', p)",
    "cv2 by name": "from cv2 import imencode as done\ndef leak(p):\n    return done('.jpg', p)",
    "cv2 video": "import cv2\ndef leak(p):\n    cv2.VideoWriter('a.avi', 0, 25, (2, 2)).write(p)",
    "av": "import av\ndef leak():\n    return av.open('a.mp4', 'w')",
    "av by word": "import av\ndef leak():\n    return av.open('a.mp4', mode='w')",
    "av codec": "from av import CodecContext\ndef leak():\n    return CodecContext.create('mjpeg', 'w')",
    "another library": "from PIL import Image\ndef leak(p):\n    Image.fromarray(p).save('a.png')",
    "inside a function": "def leak(p):\n    import matplotlib.pyplot as plt\n    plt.plot(p)",
    "by hand": "def leak(p):\n    return b'\\x89PNG\\r\\n' + p",
    "a program": "import subprocess\ndef leak():\n    subprocess.run(['ffmpeg', '-i', 'a'])",
})  # fmt: skip


@pytest.mark.parametrize("code", OFFENDERS.values(), ids=OFFENDERS)
def test_a_new_coder_is_found(code):
    assert strays({"acts.offender": ast.parse(code)}) == ["acts.offender"]


USERS = MappingProxyType({
    "import": "from synopticon.footage.encode import TimedWriter\ndef leak(p):\n    TimedWriter(p, 2, 2)",
    "other name": "from synopticon.footage.encode import VideoWriter as V\ndef leak(p):\n    V(p, 2, 2, 25)",
    "module": "from synopticon.footage import encode\ndef leak(p):\n    encode.StreamWriter(p)",
    "whole": "import synopticon.footage.encode\ndef leak(p):\n    synopticon.footage.encode._Mp4(p)",
    "star": "from synopticon.footage.encode import *\ndef leak(p):\n    VideoWriter(p, 2, 2, 25)",
    "passed on": "from synopticon.synopsis.compose import VideoWriter\ndef leak(p):\n    VideoWriter(p)",
    "not called": "from synopticon.footage.encode import VideoWriter\nHIDDEN = VideoWriter",
    "stills": "from synopticon.synopsis.door import jpeg\ndef leak(p):\n    return jpeg(p)",
    "a class": "from synopticon.footage.exact import ExactWriter\nclass Leak(ExactWriter):\n    pass",
})  # fmt: skip


@pytest.mark.parametrize("code", USERS.values(), ids=USERS)
def test_a_new_use_is_found(code):
    places = {use.place for use in used({"acts.offender": ast.parse(code)})}
    assert {place.rpartition(".")[0] for place in places} == {"acts.offender"}


SKIPPED = MappingProxyType({
    "the frame itself": ("*_picture(frame, masks, size, mark)", "*(frame.y, frame.u, frame.v)"),
    "a mask that does not": ("planes = masked(frame,", "planes = copied(frame,"),
    "by a name": (
        "writer.write(*_picture(frame, masks, size, mark)",
        "shown = (frame.y, frame.u, frame.v)\n            writer.write(*shown",
    ),
})  # fmt: skip


@pytest.mark.parametrize(("old", "new"), SKIPPED.values(), ids=SKIPPED)
def test_a_picture_that_was_not_masked_is_found(old, new):
    text = (PACKAGE / "synopsis" / "clips.py").read_text("utf-8")
    assert text.count(old) == 1
    assert unmasked("synopsis.clips._copy", ast.parse(text.replace(old, new)))


def test_clear_without_permission_is_found():
    code = ast.parse("def leak(p):\n    return ClipSettings(clear=True)")
    assert asks_for_clear(code)
    assert not has_permission(code)

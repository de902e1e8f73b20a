"""Whatever people write: text stays text, nothing is lost, and the bytes are the same."""

from dataclasses import replace

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from synopticon.evidence.gallery import gallery_html, gallery_page
from synopticon.evidence.paper import ROOM, Style, width, wrap
from synopticon.evidence.pdf import report_pdf
from synopticon.evidence.report import report_html
from synopticon.governance.documents.texts import texts
from tests.reports import gallery, report, seen, shot
from tests.unit.evidence.test_report import Shape, called

PLENTY = settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
FEW = settings(PLENTY, max_examples=8)
TAME = Shape(report_html(called("a name"))).tags
TEXTS = st.text(max_size=120).filter(str.strip)


@PLENTY
@given(TEXTS)
def test_no_text_becomes_markup(text):
    assert Shape(report_html(called(text))).tags == TAME


@FEW
@given(TEXTS, st.integers(0, 60))
def test_any_text_and_any_number_of_tracks_give_the_same_pdf_twice(text, count):
    told = replace(called(text), tracks=tuple(seen(n) for n in range(count)))
    shots = tuple(shot(n, tags=(text,) * (n % 2), note=text) for n in range(count % 9))
    first = report_pdf(told, "fr", gallery(shots=shots))
    assert first.startswith(b"%PDF-")
    assert report_pdf(told, "fr", gallery(shots=shots)) == first


@PLENTY
@given(
    st.lists(st.integers(0, 500), unique=True, max_size=40), st.sampled_from(["time", "camera", "quality"])
)
def test_every_track_is_in_the_gallery_whatever_the_order(numbers, order):
    shots = tuple(shot(n, tags=("a",) * (n % 3 == 0)) for n in numbers)
    made, turned = (gallery(shots=s, order=order) for s in (shots, shots[::-1]))
    assert gallery_html(made) == gallery_html(turned)
    pictures = [p for block in gallery_page(made, texts("en")).blocks for p in block.pictures]
    assert sorted(p.lines[-1] for p in pictures) == sorted(s.seen.track for s in shots)


@PLENTY
@given(st.text(max_size=400), st.floats(15, ROOM), st.floats(4, 20), st.booleans())
def test_lines_fit_and_lose_nothing(text, room, size, bold):
    style = Style(size, bold)
    lines = wrap(text, style, room)
    assert "".join("".join(lines).split()) == "".join(text.split())
    assert all(width(line, style) <= room + 1e-6 or len(line) == 1 for line in lines)


@PLENTY
@given(st.integers(1, 300))
def test_every_track_is_in_the_report(count):
    page = report_html(report(tracks=tuple(seen(n) for n in range(count))))
    assert all(f"<td>{seen(n).track}</td>" in page for n in range(count))

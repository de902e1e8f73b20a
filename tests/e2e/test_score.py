"""The score of a page's accessibility tells a good page from a bad one."""

import pytest

from tests.webapp import LEAST, Open, score_of

pytestmark = [pytest.mark.browser, pytest.mark.node]
GOOD = '<html lang="en"><title>a</title><main><h1>a</h1><img src="data:," alt="a door"></main></html>'


def test_rules_count_by_their_impact() -> None:
    assert score_of(["critical", "serious", "moderate"], []) == 100
    assert score_of(["critical"] * 2, ["critical"]) == pytest.approx(66.67, abs=0.01)
    assert score_of(["critical"] * 2, ["minor"]) == pytest.approx(95.24, abs=0.01)
    assert score_of([], []) == 100


def test_a_page_without_a_text_for_its_picture_scores_too_little(opened: Open) -> None:
    window = opened("about:blank")
    scores = []
    for html in (GOOD, GOOD.replace(' alt="a door"', "")):
        window.page.set_content(html)
        look = window.look()
        scores.append(score_of(look["passed"], look["failed"]))
        assert any("image-alt" in fault for fault in look["faults"]) == (html != GOOD)
    assert scores[0] == 100 > LEAST > scores[1]

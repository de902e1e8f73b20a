from dataclasses import replace

import pytest

from synopticon.values.plate import PlateReading

READ = PlateReading("45cddc949069-1200-0", "AB1?3CD", (0.9,) * 7, "FR", False, 0, 1200, 1.5, (10, 20, 90, 40))


def test_unread_characters_are_part_of_the_text() -> None:
    assert replace(READ, text="??", confidence=(0.0, 0.0)).text == "??"


@pytest.mark.parametrize("text", ["", "ab123cd", "AB-123", "A" * 13, "É1"])
def test_other_texts_are_refused(text: str) -> None:
    with pytest.raises(ValueError, match="45cddc949069"):
        replace(READ, text=text, confidence=(0.5,) * len(text))


def test_each_character_has_its_confidence() -> None:
    with pytest.raises(ValueError, match="confidence"):
        replace(READ, confidence=(0.9,))

"""A plate as it was read: one text for a whole track, with how sure each character is."""

import re
from dataclasses import dataclass

UNREAD = "?"
LONGEST = 12  # characters; the longest plates of Europe have 9 without their separators
_TEXT = re.compile(rf"[A-Z0-9{re.escape(UNREAD)}]{{1,{LONGEST}}}")


@dataclass(frozen=True, slots=True)
class PlateReading:
    """What the plate of one track says, voted over its frames.

    ``text`` holds A-Z, 0-9 and ``?`` for what could not be read, without separators; ``confidence`` one
    number a character, 0..1 (0 for ``?``). ``box`` is xyxy in source pixels in the frame that shows it best.
    """

    track: str  # the track's id
    text: str
    confidence: tuple[float, ...]
    country: str  # of the grammar that fits, ISO 3166-1 alpha-2; "" where none does, or several do
    corrected: bool  # a character was put right by the country's grammar (O and 0, I and 1, B and 8)
    file: int  # index into Footage.files
    pts: int  # of that frame
    time: float  # of that frame, seconds on the footage's timeline
    box: tuple[float, float, float, float]

    def __post_init__(self) -> None:
        if not _TEXT.fullmatch(self.text) or len(self.confidence) != len(self.text):
            raise ValueError(
                f"plate of track {self.track}: 1 to {LONGEST} of A-Z, 0-9 and ?, each with its confidence"
            )

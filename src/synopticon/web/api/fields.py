"""Kinds of values that several routes take or give."""

from base64 import b64encode
from datetime import UTC, datetime
from functools import lru_cache
from typing import Annotated

from fastapi import Path, Query
from pydantic import AfterValidator, AwareDatetime, FiniteFloat

_LARGEST = 2**62  # what every database counts to
_YEARS = range(1900, 2200)  # times that can be told in any zone


def _usual(moment: datetime) -> datetime:
    if moment.year not in _YEARS:
        raise ValueError(f"a year from {_YEARS.start} to {_YEARS.stop - 1} is expected")
    return moment


Moment = Annotated[AwareDatetime, AfterValidator(_usual)]  # a time with its zone
Point = tuple[FiniteFloat, FiniteFloat]
Entry = Annotated[int, Path(ge=0, le=_LARGEST, description="Number of an entry, from 0.")]
Before = Annotated[int | None, Query(ge=0, le=_LARGEST)]


def data_url(picture: bytes) -> str:
    """A picture (JPEG) as an address that holds it."""
    return f"data:image/jpeg;base64,{b64encode(picture).decode()}"


@lru_cache(maxsize=10_000)  # lists of recordings are asked for again and again
def utc(moment: datetime | None) -> str | None:
    """A time as ISO 8601 in UTC."""
    return moment.astimezone(UTC).isoformat() if moment else None

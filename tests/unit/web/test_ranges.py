"""Parts of a file as RFC 9110 has them: never a byte that was not asked for, never one too few."""

import asyncio

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synopticon.web.ranges import ranged

DATA = bytes(range(256)) * 4


def body_of(answer) -> bytes:
    if hasattr(answer, "body"):
        return answer.body

    async def all_of():
        return b"".join([piece async for piece in answer.body_iterator])

    return asyncio.run(all_of())


@pytest.fixture(params=["bytes", "file"])
def source(request, tmp_path):
    if request.param == "bytes":
        return DATA
    path = tmp_path / "clip.mp4"
    path.write_bytes(DATA)
    return path


CASES = [
    ("", 200, DATA, None),
    ("bytes=0-0", 206, DATA[:1], "bytes 0-0/1024"),
    ("bytes=1000-", 206, DATA[1000:], "bytes 1000-1023/1024"),
    ("bytes=1000-99999", 206, DATA[1000:], "bytes 1000-1023/1024"),
    ("bytes=-24", 206, DATA[-24:], "bytes 1000-1023/1024"),
    ("bytes=-99999", 206, DATA, "bytes 0-1023/1024"),
    ("bytes=1024-", 416, None, "bytes */1024"),
    ("bytes=-0", 416, None, "bytes */1024"),
    ("bytes=5-4", 200, DATA, None),
    ("bytes=0-1,5-6", 200, DATA, None),
    ("bytes=-", 200, DATA, None),
    ("pages=1-2", 200, DATA, None),
    ("bytes=a-b", 200, DATA, None),
]


@pytest.mark.parametrize(("asked", "status", "body", "said"), CASES)
def test_a_range_is_answered(source, asked, status, body, said):
    answer = ranged({"range": asked} if asked else {}, source, "video/mp4")
    assert answer.status_code == status
    assert answer.headers.get("content-range") == said
    if body is not None:
        assert body_of(answer) == body
        assert answer.headers["content-length"] == str(len(body))
        assert answer.headers["accept-ranges"] == "bytes"


@given(st.integers(0, 1100), st.integers(0, 1100))
def test_every_range_gives_its_own_bytes(first, last):
    answer = ranged({"range": f"bytes={first}-{last}"}, DATA, "video/mp4")
    if last < first:
        assert body_of(answer) == DATA
    elif first >= len(DATA):
        assert answer.status_code == 416
    else:
        assert body_of(answer) == DATA[first : last + 1]


def test_an_empty_file_has_no_range():
    assert ranged({"range": "bytes=0-"}, b"", "video/mp4").status_code == 416

"""Streams that tests make: a camera that sends what it is given over TCP, stalls, or talks nonsense."""

import socket
import threading
import time
from contextlib import contextmanager, suppress
from pathlib import Path

from tests.media import write_video

PIECE = 188 * 7


def transport(folder, name="stream.ts", count=60, **keywords):
    """Pictures as an MPEG transport stream, its bytes."""
    path = Path(folder) / name
    return write_video(path, count, format="mpegts", fps=keywords.pop("fps", 10), **keywords).read_bytes()


class Camera:
    """Sends to whoever connects what ``shows`` says at that time, for ``seconds``, then what ``after`` says.

    ``after``: "close" ends the connection, "stall" keeps it and sends nothing.
    """

    def __init__(self):
        self.shows, self.seconds, self.after = b"", 3.0, "close"
        self.connections = 0
        self._leave = threading.Event()
        self._listening = None
        self.port = 0
        self.open()

    @property
    def url(self):
        return f"tcp://127.0.0.1:{self.port}"

    def open(self):
        """Listen (again), at the same port."""
        self._listening = socket.create_server(("127.0.0.1", self.port), reuse_port=False)
        self.port = self._listening.getsockname()[1]
        threading.Thread(target=self._serve, args=(self._listening,), daemon=True).start()

    def close(self):
        """Nobody answers any more."""
        with suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)  # so that a thread in accept wakes up
        self._listening.close()

    def leave(self):
        self._leave.set()
        self.close()

    def _serve(self, listening):
        while not self._leave.is_set():
            try:
                connection, _ = listening.accept()
            except OSError:
                return
            self.connections += 1
            threading.Thread(target=self._send, args=(connection,), daemon=True).start()

    def _send(self, connection):
        data, seconds, after = self.shows, self.seconds, self.after
        pieces = [data[at : at + PIECE] for at in range(0, len(data), PIECE)]
        begun = time.monotonic()
        with connection:
            try:
                for n, piece in enumerate(pieces):
                    late = begun + seconds * n / len(pieces) - time.monotonic()
                    if late > 0 and self._leave.wait(late):
                        return
                    connection.sendall(piece)
                if after == "stall":
                    self._leave.wait(60)
            except OSError:
                return


@contextmanager
def camera():
    made = Camera()
    try:
        yield made
    finally:
        made.leave()

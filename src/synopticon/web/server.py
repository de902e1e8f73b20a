"""Run the application: listen, say where, stop when told to; close connections that say nothing."""

import asyncio
import os
import signal
import socket
import sys
from collections.abc import Callable
from dataclasses import dataclass
from types import FrameType
from typing import Any

import h11
import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

from synopticon.acts.foreman import Foreman
from synopticon.acts.uploads import LARGEST
from synopticon.acts.watching import Watched, Watcher
from synopticon.acts.workspace import Workspace
from synopticon.errors import UsageError
from synopticon.web.access import Access
from synopticon.web.app import make_app
from synopticon.web.auth import Door
from synopticon.web.guard import House
from synopticon.web.oidc import Provider

HEADERS_LAST = 10.0  # seconds that the headers of a request may take to come
HEADERS_SIZE = 32 * 1024  # bytes
CONNECTIONS = 500  # at once; beyond them 503
THREADS = 12  # acts at once: no more than the database has connections for
TURN = 0.0002  # seconds after which a thread that reckons lets another go on (25 times as often as usual):
# whoever asks for a list lets go a dozen times, at the database, and waits for its turn each time

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Intake:
    """What comes in beside the pages: bytes of the largest upload, and watched folders."""

    largest: int = LARGEST
    watched: tuple[Watched, ...] = ()


NO_INTAKE = Intake()


class Impatient(H11Protocol):
    """Closes a connection on which the headers of a request do not come in time."""

    _timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Begin to wait for the first request."""
        super().connection_made(transport)
        self._wait()

    def data_received(self, data: bytes) -> None:
        """Wait on while headers are not whole; each piece of them does not begin the time anew."""
        super().data_received(data)
        if self._whole():
            self._stop()
        elif self._timer is None:
            self._wait()

    def connection_lost(self, exc: Exception | None) -> None:
        """Wait no more."""
        self._stop()
        super().connection_lost(exc)

    def _whole(self) -> bool:
        return self.conn.their_state is not h11.IDLE

    def _wait(self) -> None:
        self._timer = self.loop.call_later(HEADERS_LAST, self._late)

    def _stop(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _late(self) -> None:
        if not self._whole():
            self.transport.close()


@dataclass(slots=True)
class _Place:
    """The port that was got, known once it listens."""

    port: int = 0


def serve(
    workspace: Workspace,
    access: Access,
    say: Say,
    show: Say,
    provider: Provider | None = None,
    intake: Intake = NO_INTAKE,
) -> None:
    """Serve until SIGINT or SIGTERM. ``say``: talk; ``show``: the address, the one result of the verb.

    ``intake``: how large uploads may be, and what folders are watched.

    Raises ``UsageError`` where the address cannot be had.
    """
    sys.setswitchinterval(TURN)
    place = _Place()
    house = House(lambda: access.hosts(place.port), access.scheme, access.proxied)
    door = Door(workspace, secure=access.secure, provider=provider)
    door.largest_upload = intake.largest
    app = make_app(door, house)
    listening = _listen(access)
    place.port = listening.getsockname()[1]
    address = access.address(place.port)
    if door.users:
        show(address)
    else:
        say("this link lets one browser in, once, within ten minutes; keep it to yourself")
        show(f"{address}/#token={door.link()}")
    with Foreman(workspace), Watcher(workspace, intake.watched, say), listening:
        _Server(_config(app, access), door.closing.set).run(sockets=[listening])


class _Server(uvicorn.Server):
    """A server that is told to stop, and stops, has done its work: it does not raise the signal again."""

    def __init__(self, config: uvicorn.Config, closing: Callable[[], None]) -> None:
        super().__init__(config)
        self._closing = closing

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Stop; at once, where Ctrl-C is pressed again."""
        del frame
        self.force_exit = self.should_exit and sig == signal.SIGINT
        self.should_exit = True
        self._closing()

    def run(self, sockets: list[socket.socket] | None = None) -> None:
        asyncio.run(self._serve_here(sockets))

    async def _serve_here(self, sockets: list[socket.socket] | None) -> None:
        from anyio.to_thread import current_default_thread_limiter

        current_default_thread_limiter().total_tokens = THREADS
        await self.serve(sockets=sockets)


def _config(app: Any, access: Access) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        http=Impatient,
        ws="none",
        lifespan="off",
        loop="asyncio",
        log_level="warning",
        access_log=False,
        proxy_headers=False,
        server_header=False,
        date_header=True,
        timeout_keep_alive=15,
        timeout_graceful_shutdown=10,
        h11_max_incomplete_event_size=HEADERS_SIZE,
        limit_concurrency=CONNECTIONS,
        ssl_certfile=access.certificate,
        ssl_keyfile=access.key,
    )


def _listen(access: Access) -> socket.socket:
    # The protocol is named so that asyncio sends answers at once (it sets TCP_NODELAY on these only).
    family = socket.AF_INET6 if ":" in access.host else socket.AF_INET
    listening = socket.socket(family, socket.SOCK_STREAM, socket.IPPROTO_TCP)
    try:
        if os.name == "posix":
            listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((access.host, access.port))
        listening.listen(256)
    except OSError as error:
        listening.close()
        why = error.strerror or str(error)
        raise UsageError(
            f"{access.host}:{access.port}: cannot listen there ({why}): choose another --port or --host"
        ) from error
    return listening

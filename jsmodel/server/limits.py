"""How much one client, and all of them together, may ask of the server.

The numbers are for a person at a page, with room to spare. A `Limits` is given
to a `Server`; nothing else decides on sizes, rates or times.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass

__all__ = ["Failures", "Limits", "TokenBucket"]

KIB = 1024
MIB = 1024 * KIB


@dataclass(frozen=True)
class Limits:
    """Sizes in bytes, times in seconds.

    Example: `Server(limits=Limits(time_to_live=600))` keeps the session of a lost connection for ten minutes.
    """

    hello_bytes: int = 64 * KIB  #: the largest first message
    hello_seconds: float = 10.0  #: a socket that says nothing for so long is closed
    frame_bytes: int = 16 * MIB  #: the largest message of a client that is in
    outgoing_bytes: int = 64 * MIB  #: what may wait for a slow client; beyond it is cut, and can resume
    messages_per_second: float = 2_000.0  #: faster clients are read more slowly ...
    message_burst: int = 4_000
    flood_seconds: float = 10.0  #: ... and those that stay that fast for so long are closed
    malformed: int = 8  #: so many messages that make no sense close a socket
    ping_seconds: float = 20.0  #: how often a client is asked whether it is there, and how long it may take to answer
    slow_bytes: int = 16 * KIB  #: a client that takes so much in that time is slow, and not gone
    ask_seconds: float = 5.0  #: how long a page waits for a word from the server before it asks for one ...
    answer_seconds: float = 5.0  #: ... and then, before it opens another connection
    idle_ask_seconds: float = 60.0  #: how often a page that waits for nothing asks, while somebody looks at it
    open_seconds: float = 10.0  #: how long a page waits for a connection to open
    time_to_live: float = 60.0  #: how long a session outlives its last connection
    leave_seconds: float = 5.0  #: the same, if the page said it goes away (was closed, reloaded)
    ticket_seconds: float = 300.0  #: how long after loading the page its socket may say its first hello
    connections: int = 10_000  #: sockets, all together
    connections_per_address: int = 2_000
    failures_per_address: int = 100  #: so many refusals within `failure_seconds` make an address wait
    failure_seconds: float = 60.0
    header_seconds: float = 20.0  #: for the head of a request, and between two of them
    body_seconds: float = 20.0
    header_bytes: int = 16 * KIB
    body_bytes: int = 64 * KIB  #: nothing is uploaded, so requests have no bodies to speak of
    stop_seconds: float = 2.0  #: how long stop() may take to say goodbye

    def patience(self) -> dict[str, int]:
        """What a page is told of it, in its words and in milliseconds: `Patience` in `watch.ts`."""
        times = {
            "ask": self.ask_seconds,
            "giveUp": self.answer_seconds,
            "idle": self.idle_ask_seconds,
            "open": self.open_seconds,
        }
        return {name: round(1000 * seconds) for name, seconds in times.items()}


class TokenBucket:
    """Says how long to wait before the next message is read.

    Args:
        rate: Messages a second, in the long run.
        burst: How many may come at once.
    """

    __slots__ = ("_burst", "_clock", "_last", "_rate", "_tokens", "slow_since")

    def __init__(self, rate: float, burst: int, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._rate = rate
        self._burst = float(burst)
        self._tokens = float(burst)
        self._clock = clock
        self._last = clock()
        self.slow_since: float | None = None  # since when this client had to be slowed down, without a pause

    def take(self) -> float:
        """Take one token; the seconds to wait before the next is there, 0 if it is."""
        now = self._clock()
        self._tokens = min(self._burst, self._tokens + (now - self._last) * self._rate)
        self._last = now
        self._tokens -= 1.0
        if self._tokens >= 0.0:
            if self._tokens > self._burst / 2:
                self.slow_since = None
            return 0.0
        if self.slow_since is None:
            self.slow_since = now
        return min(1.0, (1.0 - self._tokens) / self._rate)

    def slow_for(self) -> float:
        """For how many seconds the client has been faster than its rate."""
        return 0.0 if self.slow_since is None else self._clock() - self.slow_since


class Failures:
    """Counts what was refused, by address: who guesses is not listened to for a while.

    Args:
        most: How many refusals within `seconds` are one too many.
        seconds: How long they count, from the first one on.
    """

    ADDRESSES = 10_000  # so many are remembered, the newest

    def __init__(self, most: int, seconds: float, *, clock: Callable[[], float] = time.monotonic) -> None:
        self._most = most
        self._seconds = seconds
        self._clock = clock
        self._by_address: dict[str, tuple[int, float]] = {}  # how many, and when they are forgotten

    def __len__(self) -> int:
        return len(self._by_address)

    def note(self, address: str) -> None:
        """Something of this address was refused."""
        count, until = self._by_address.get(address, (0, 0.0))
        now = self._clock()
        if now >= until:
            count, until = 0, now + self._seconds
            self._by_address.pop(address, None)  # to the end of the row
        self._by_address[address] = count + 1, until
        if len(self._by_address) > self.ADDRESSES:
            del self._by_address[next(iter(self._by_address))]

    def wait(self, address: str) -> float:
        """For how many seconds this address is not to be listened to; 0 if it may guess."""
        count, until = self._by_address.get(address, (0, 0.0))
        return max(0.0, until - self._clock()) if count >= self._most else 0.0

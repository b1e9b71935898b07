"""What a page shows at the websocket, to prove that this server gave it out.

A ticket is signed and keeps no state here, so a flood of page requests costs
nothing. It lets a socket in for a few minutes (`hello.ticket`), and later names
the page that a session belongs to, when that page comes back.
"""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from typing import Any, NamedTuple

from itsdangerous import BadData, SignatureExpired, URLSafeTimedSerializer

__all__ = ["Ticket", "Tickets"]


class Ticket(NamedTuple):
    """What a ticket says: the app, the page it was given to, and whether launch() opened that page."""

    app: str
    page: str  # 128 random bits; the session remembers them
    launch: str | None
    fresh: bool  # young enough to open a new session


class Tickets:
    """Mints tickets, and reads them.

    Args:
        secret: What to sign with; a sequence is several keys, oldest first, of which the last signs. Random by default.
        max_age: For how many seconds a ticket opens a new session.
    """

    def __init__(self, secret: bytes | Sequence[bytes] | None = None, *, max_age: float = 300.0) -> None:
        keys = [secret] if isinstance(secret, bytes) else list(secret or [secrets.token_bytes(32)])
        self._keys = keys
        self._max_age = max_age
        self._pages = URLSafeTimedSerializer(keys, salt="jsmodel page")

    def mint(self, app: str, *, launch: str | None = None) -> str:
        """A new ticket for one page of `app`."""
        return self._text(self._pages.dumps([app, secrets.token_urlsafe(16), launch]))

    def read(self, ticket: str | None, app: str) -> Ticket | None:
        """What `ticket` says, or None if it is not one of ours for `app`. It may be no longer fresh."""
        if not ticket or len(ticket) > 1024:
            return None
        fresh = True
        try:
            try:
                content: Any = self._pages.loads(ticket, max_age=self._max_age)  # type: ignore[arg-type]
            except SignatureExpired:
                fresh = False
                content = self._pages.loads(ticket)
            name, page, launch = content
        except (BadData, ValueError, TypeError):
            return None
        return Ticket(name, page, launch, fresh) if name == app else None

    def sign(self, what: str, value: str) -> str:
        """Sign `value` for use as a cookie; `what` says for which purpose."""
        return self._text(URLSafeTimedSerializer(self._keys, salt=f"jsmodel {what}").dumps(value))

    def verify(self, what: str, signed: str | None, *, max_age: float) -> str | None:
        """The value that was signed for this purpose, or None."""
        if not signed or len(signed) > 1024:
            return None
        serializer = URLSafeTimedSerializer(self._keys, salt=f"jsmodel {what}")
        try:
            value = serializer.loads(signed, max_age=max_age)  # type: ignore[arg-type]
        except BadData:
            return None
        return value if isinstance(value, str) else None

    @staticmethod
    def _text(signed: str | bytes) -> str:
        return signed if isinstance(signed, str) else signed.decode("ascii")

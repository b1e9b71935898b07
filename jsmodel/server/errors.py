"""The words of what can go wrong at the server door.

ServerError
├── BadAddress       a host or port of the wrong type
├── PortTaken        the port that was asked for is in use
├── AlreadyRunning   start() while the server runs
├── BadAccess        an Access that nobody could pass, or everybody
├── LaunchTimeout    the page of launch() did not come
├── WindowClosed     the window of launch() ended before its page came
└── NoRuntime        there is no browser of the kind that was asked for
"""

from __future__ import annotations

from ..errors import ServerError

__all__ = ["AlreadyRunning", "BadAccess", "BadAddress", "LaunchTimeout", "NoRuntime", "PortTaken", "WindowClosed"]


class BadAddress(ServerError, TypeError):
    """A host or a port of the wrong type."""


class PortTaken(ServerError):
    """The port that was asked for is in use, or not ours to use."""

    def __init__(self, host: str, port: int, reason: str, *, in_use: bool = True) -> None:
        self._why = f"Could not serve on port {port} of {host or 'all addresses'}: {reason}. " + (
            "Another program, or another run of this one, has that port. Stop it, or choose"
            if in_use
            else "This machine has no such address or port, or does not let us use it. Check the host, or choose"
        )
        super().__init__(self.in_words("app.create_server(port=...)"))

    def in_words(self, option: str) -> str:
        """The three sentences, where a port is chosen with `option`."""
        return f"{self._why} another with {option}; without a port a free one is found."


class AlreadyRunning(ServerError):
    """The server runs already."""

    def __init__(self, doing: str) -> None:
        super().__init__(
            f"Could not {doing}: the server of this process is running already. "
            "A process has one server, and app.start(), app.run() or app.init_interactive() started it before. "
            "Use app.serve() to add apps to it, or end it first with app.stop()."
        )


class BadAccess(ServerError):
    """A host, an origin or a token that cannot be meant."""

    def __init__(self, what: str, value: str, why: str) -> None:
        super().__init__(
            f"Access got the {what} {value[:80]!r}, which cannot be used: {why}. "
            "What is allowed is compared exactly, so that no page of another site gets in. "
            "Write hosts as 'example.com', origins as 'https://example.com' or 'https://*.example.com', and proxies as '10.0.0.1' or '10.0.0.0/8'."
        )


class LaunchTimeout(ServerError):
    """The page of `launch()` did not connect in time."""

    def __init__(self, name: str, url: str, seconds: float) -> None:
        super().__init__(
            f"Launched {name}, but no page connected to it within {seconds:g} seconds. "
            "The browser did not start, was closed, or cannot reach this machine. "
            f"Open {url} yourself, or use app.launch(..., runtime=None) and app.start()."
        )


class WindowClosed(ServerError):
    """The window of `launch()` ended before its page was there."""

    def __init__(self, name: str, runtime: str, url: str, trouble: str = "") -> None:
        why = f"It said: {trouble.rstrip('.')}." if trouble else "Somebody closed it, or its program ended."
        super().__init__(
            f"Launched {name} with runtime={runtime!r}, but the window ended before its page was there. {why} "
            f"Open {url} in a browser, or use another runtime."
        )


class NoRuntime(ServerError):
    """There is no browser of the kind that was asked for."""

    def __init__(self, runtime: object, why: str, *, instead: str = "Use one of these") -> None:
        super().__init__(
            f"Could not launch with runtime={runtime!r}: {why}{'' if why.endswith('?') else '.'} "
            "The runtimes are 'browser' (the default one), 'app' (a window of Chromium or Chrome), "
            f"'desktop' (a window that needs no browser) and None (nothing). {instead}."
        )

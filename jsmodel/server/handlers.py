"""The pages and files that the server gives out. Each GET leaves everything as it was.

/                      the one app, or a list of them
/Name                  the page of an app; it carries a ticket for its websocket
/Name/ws               the websocket (websocket.py)
/_jsm/assets/…         JS, CSS and shared data, by the hash of their content; ….js.map is the source map of JS
/_jsm/data/…           data of one session, by a token that nobody can guess
anything else          404, in fixed words
"""

from __future__ import annotations

import gzip
import html
import json
import re
from functools import lru_cache
from typing import TYPE_CHECKING
from urllib.parse import quote

from tornado.web import HTTPError

from .. import registry
from ..assets import ASSETS, Asset, area_of, bundle, loadable, runtime_asset, store
from ..assets.page import Address, render_page
from ..errors import AppError
from .guard import COOKIE_SECONDS, cookie_name
from .guarded import Guarded

if TYPE_CHECKING:
    from ..transpile.origins import Origins

__all__ = [
    "AssetHandler",
    "DataHandler",
    "IconHandler",
    "IndexHandler",
    "NotFoundHandler",
    "PageHandler",
    "SlashHandler",
]

#: Kinds of data that browsers show or use without running anything in it.
HARMLESS = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "audio/", "video/", "font/")

INDEX = """<!doctype html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark">
<title>jsmodel</title>
<style nonce="{nonce}">
:root {{ --ink: #1d1f24; --soft: #5b616e; --paper: #fff; --line: #e2e5ea; --accent: #2458c9; }}
@media (prefers-color-scheme: dark) {{
  :root {{ --ink: #e9ebef; --soft: #a2a8b4; --paper: #17191d; --line: #33373f; --accent: #8fb2ff; }}
}}
body {{ margin: 0; background: var(--paper); color: var(--ink); font: 16px/1.5 system-ui, sans-serif; }}
main {{ max-width: 34rem; margin: 12vh auto; padding: 0 1.25rem; }}
h1 {{ font-size: 1.25rem; font-weight: 600; margin: 0 0 1rem; }}
p {{ color: var(--soft); }}
ul {{ list-style: none; margin: 0; padding: 0; border-top: 1px solid var(--line); }}
li {{ border-bottom: 1px solid var(--line); }}
a {{ display: block; padding: .7rem .25rem; color: var(--accent); text-decoration: none; }}
a:hover, a:focus-visible {{ text-decoration: underline; }}
a span {{ color: var(--soft); }}
pre {{ padding: .9rem 1rem; border: 1px solid var(--line); border-radius: 8px; overflow: auto; }}
</style>
</head>
<body>
<main>
{content}
</main>
</body>
</html>
"""

NOTHING_SERVED = """<h1>No app is served yet</h1>
<p>This server runs, and waits for a class. In Python, type:</p>
<pre>from jsmodel import app

app.serve(Counter)      # a subclass of app.Model</pre>
<p>Then reload this page.</p>"""


class PageHandler(Guarded):
    """The page of one app. No model is built for it: that waits for the hello of its websocket."""

    def vouched(self) -> bool:
        return self.site.sessions.vouches(self.app_name or "", self._argument("launch"))

    def get(self, name: str) -> None:
        try:
            entry = registry.lookup(name)
        except AppError:
            raise HTTPError(404) from None
        if self._take_credentials(name):
            return
        launch = self.site.sessions.launched(name, self._launch_of_browser(name))
        if launch is None and not entry.listed:
            raise HTTPError(404)
        assets = loadable(entry.page_assets())  # the rest comes later, through the websocket
        linked = [asset for asset in entry.page_assets() if asset.kind == "file"]
        files = bundle(assets)
        nonce = self.page_headers(scripts=True, origins=entry.page_origins())
        self.finish(
            render_page(
                title=entry.title,
                scripts=[address(a) for a in [runtime_asset(), *files] if a.kind == "js"],
                styles=[address(a) for a in files if a.kind == "css"],
                config={
                    "app": name,
                    "ws": f"{quote(name)}/ws",
                    "loaded": list(dict.fromkeys(asset.hash for asset in [*assets, *files])),
                    "files": {asset.hash: address(store.add(asset)) for asset in linked},
                    "patience": self.site.limits.patience(),
                    "most": self.site.limits.frame_bytes,
                    "ticket": self.site.tickets.mint(name, launch=launch.id if launch is not None else None),
                },
                nonce=nonce,
            )
        )

    def _take_credentials(self, name: str) -> bool:
        """Turn the secrets of a URL into cookies and go to the same page without them. Whether there were any."""
        given = self._argument("launch")
        if given is None and self.site.guard.token_of(self.request) is None:
            return False
        where = quote(name)  # relative, so that it also holds where the routes are mounted under a prefix
        if given is not None:
            launch = self.site.sessions.redeem(name, given)
            if launch is None:
                raise HTTPError(403)
            cookie = cookie_name(f"window-{launch.id}", self.request)
            # Without an age, so it ends with the browser; for this page only, wherever that is mounted.
            self.keep(cookie, self.site.tickets.sign("window", launch.id), path=self.prefix + self.request.path)
            where += f"?window={launch.id}"
        if self.site.guard.access.token is not None:
            self.keep(*self.site.guard.cookie(self.request), max_age=COOKIE_SECONDS)
        self.redirect(where, status=303)
        return True

    def _launch_of_browser(self, name: str) -> str | None:
        """The launch that this browser was opened for, if its address and its cookie say the same."""
        window = self._argument("window")
        if window is None:
            return None
        signed = self.get_cookie(cookie_name(f"window-{window}", self.request))
        return self.site.tickets.verify("window", signed, max_age=COOKIE_SECONDS)

    def _argument(self, name: str) -> str | None:
        values = self.request.query_arguments.get(name, [])
        return values[0].decode("latin1") if len(values) == 1 else None


class SlashHandler(Guarded):
    """`/Name/`: goes to the page, whose addresses are relative to `/`."""

    def get(self, name: str) -> None:
        if name not in registry.entries():
            raise HTTPError(404)
        self.redirect(f"../{quote(name)}", status=303)


class IndexHandler(Guarded):
    """`/`: goes to the one app there is, lists several, or says what to type."""

    def get(self) -> None:
        if self._keep_token():
            return
        entries = registry.entries()
        if len(entries) == 1:
            self.redirect(quote(next(iter(entries))), status=303)
            return
        if entries:
            items = "".join(
                f'<li><a href="{html.escape(quote(name))}">{html.escape(entry.title)}'
                + ("" if entry.title == name else f" <span>{html.escape(name)}</span>")
                + "</a></li>\n"
                for name, entry in entries.items()
            )
            content = f"<h1>Apps served here</h1>\n<ul>\n{items}</ul>"
        else:
            content = NOTHING_SERVED
        nonce = self.page_headers()
        self.finish(INDEX.format(nonce=nonce, content=content))

    def _keep_token(self) -> bool:
        if self.site.guard.token_of(self.request) is None:
            return False
        self.keep(*self.site.guard.cookie(self.request), max_age=COOKIE_SECONDS)
        self.redirect("./", status=303)
        return True


class AssetHandler(Guarded):
    """An asset. What is asked for is looked up in a dict; no part of it ever names a file."""

    def get(self, url_name: str) -> None:
        origins = _origins() if self.site.guard.shows_source(self.request) else None
        asset = store.by_url_name(url_name.removesuffix(".map"))
        if asset is None or (url_name.endswith(".map") and (origins is None or not origins.knows(asset.hash))):
            raise HTTPError(404)
        if url_name.endswith(".map"):
            assert origins is not None
            self.set_header("Content-Type", "application/json")
            self.finish(json.dumps(origins.source_map(asset.hash)))
            return
        if origins is not None and asset.kind == "js" and origins.knows(asset.hash):
            self.set_header("SourceMap", f"{url_name}.map")
        self.set_header("Cache-Control", "private, max-age=31536000, immutable")
        self.give(asset)

    def give(self, asset: Asset) -> None:
        """Send the content, or the part of it that was asked for."""
        self.set_header("Content-Type", asset.content_type)
        self.set_header("Vary", "Accept-Encoding")
        self._disarm(asset)
        if asset.kind == "file":
            self.set_header("Accept-Ranges", "bytes")
            part = byte_range(self.request.headers.get("Range"), len(asset.content))
            if part is not None:
                self._give_part(asset.content, *part)
                return
        content = asset.content
        if "gzip" in self.request.headers.get("Accept-Encoding", ""):
            packed = pack(asset)
            if packed is not None:
                self.set_header("Content-Encoding", "gzip")
                content = packed
        self.finish(content)

    def _give_part(self, content: bytes, start: int, end: int) -> None:
        if start >= end:
            self.set_status(416)
            self.set_header("Content-Range", f"bytes */{len(content)}")
            self.finish()
            return
        self.set_status(206)
        self.set_header("Content-Range", f"bytes {start}-{end - 1}/{len(content)}")
        self.finish(content[start:end])

    def _disarm(self, asset: Asset) -> None:
        if asset.kind in ("js", "module") or asset.content_type.startswith("text/javascript"):
            # A worker made of this script has the rights that its own headers give it.
            self.set_header("Content-Security-Policy", "default-src 'self' blob: data:; frame-ancestors 'none'")
        elif asset.kind == "file" and not asset.content_type.startswith(HARMLESS):
            # Opened as a page of its own, it is a stranger to this server.
            self.set_header("Content-Security-Policy", "sandbox; default-src 'none'")


class DataHandler(AssetHandler):
    """Data of one session. Its address is known to the pages of that session only; one answer for all others."""

    def get(self, token: str, hash_: str, name: str) -> None:  # type: ignore[override]
        area = area_of(token)
        asset = area.find(hash_, name) if area is not None else None
        if asset is None:
            raise HTTPError(404)
        self.give(asset)


class IconHandler(Guarded):
    """Browsers ask for an icon; there is none, which is no error."""

    def get(self) -> None:
        self.set_header("Cache-Control", "private, max-age=86400")
        self.set_status(204)


class NotFoundHandler(Guarded):
    """Everything else."""

    def _not_found(self) -> None:
        raise HTTPError(404)

    get = head = post = put = patch = delete = options = _not_found


def _origins() -> Origins:
    from ..transpile.modules import linker

    return linker.origins


def address(asset: Asset) -> Address:
    """Where a page finds an asset."""
    if not asset.url:
        return f"{ASSETS}/{asset.url_name}"
    return (asset.url, asset.integrity) if asset.integrity else asset.url


def byte_range(header: str | None, size: int) -> tuple[int, int] | None:
    """The one range of bytes that a request asks for, from start up to end; None is all.

    Several ranges, and what is not a range, are answered with all, as RFC 9110 allows.
    """
    found = re.fullmatch(r"bytes=(\d{0,19})-(\d{0,19})", header or "", re.ASCII)
    if found is None or found[0] == "bytes=-":
        return None
    if not found[1]:
        return max(0, size - int(found[2])), size
    start = int(found[1])
    end = min(size, int(found[2]) + 1) if found[2] else size
    return None if found[2] and end <= start < size else (start, end)


@lru_cache(maxsize=64)
def pack(asset: Asset) -> bytes | None:
    """The asset's content compressed, if that is worth it."""
    if len(asset.content) < 512 or asset.content_type.startswith(("image/", "audio/", "video/")):
        return None
    packed = gzip.compress(asset.content, 6, mtime=0)
    return packed if len(packed) < 0.9 * len(asset.content) else None

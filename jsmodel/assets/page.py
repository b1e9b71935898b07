"""Assets → HTML: the page of a served app, and the live fragment in a notebook's output."""

from __future__ import annotations

import html
import json
import re
from collections.abc import Sequence
from typing import Any

from .asset import Asset
from .link import data_url

__all__ = [
    "Address",
    "attribute_json",
    "inert_json",
    "page_html",
    "render_page",
    "script_text",
    "stored_define",
    "style_text",
]

#: A URL, or a URL and what its content must hash to.
Address = str | tuple[str, str]

_UNSAFE = {"<": "\\u003c", ">": "\\u003e", "&": "\\u0026", "\u2028": "\\u2028", "\u2029": "\\u2029"}


def inert_json(data: Any) -> str:
    """JSON that can stand in a script element: nothing in it ends the element or starts markup."""
    text = json.dumps(data, separators=(",", ":"), allow_nan=False, ensure_ascii=False)
    for char, escape in _UNSAFE.items():
        text = text.replace(char, escape)
    return text


def attribute_json(data: Any) -> str:
    """JSON that can stand in an attribute, between single quotes."""
    return inert_json(data).replace("'", "\\u0027")


def stored_define(asset: Asset) -> dict[str, Any]:
    """The `define` op of an asset that has all in it, for a page with nobody at the other end."""
    op: dict[str, Any] = {"op": "define", "name": asset.name, "hash": asset.hash, "kind": asset.kind}
    if asset.url:
        op["url"] = asset.url
        if asset.integrity:
            op["integrity"] = asset.integrity
    elif asset.kind == "file":
        op["url"] = data_url(asset)
    else:
        op["code"] = asset.text
    if asset.once:
        op["once"] = True
    return op


def script_text(code: str) -> str:
    """JS that can stand in a script element."""
    return re.sub("</(script)", r"<\\/\1", code, flags=re.I).replace("<!--", "<\\!--")


def style_text(code: str) -> str:
    """CSS that can stand in a style element."""
    return re.sub("</(style)", r"<\\/\1", code, flags=re.I)


def render_page(
    *,
    title: str,
    scripts: Sequence[Address] = (),
    styles: Sequence[Address] = (),
    config: dict[str, Any] | None = None,
    nonce: str = "",
    body: str = "",
) -> str:
    """The HTML of a page that loads `scripts` in order.

    Args:
        title: Shown in the browser's tab; escaped here.
        scripts: URLs, in load order.
        styles: URLs of style sheets.
        config: What the page's runtime needs to know; embedded as inert JSON.
        nonce: For the content security policy.
        body: HTML that is already safe.
    """
    mark = f' nonce="{html.escape(nonce)}"' if nonce else ""
    links = "".join(f'<link rel="stylesheet" href="{_where(url)}>\n' for url in styles)
    loads = "".join(f'<script defer src="{_where(url)}{mark}></script>\n' for url in scripts)
    data = (
        f'<script type="application/json" id="jsmodel-config">{inert_json(config)}</script>\n'
        if config is not None
        else ""
    )
    # The socket is opened while the scripts still load; the transport in the page takes it over.
    early = (
        f'<script{mark}>jsmodelSocket=new WebSocket(new URL({inert_json(config["ws"])},location.href.replace(/^http/,"ws")))</script>\n'
        if config is not None and "ws" in config
        else ""
    )
    return page_html(
        title=title,
        head=f"{early}{links}{data}{loads}",
        body=f"{body}<noscript>This page needs JavaScript.</noscript>\n",
    )


def page_html(*, title: str, head: str, body: str) -> str:
    """An HTML document in the look of a page of ours.

    Args:
        title: Shown in the browser's tab; escaped here.
        head: What its head ends with; HTML that is already safe.
        body: The same for its body.
    """
    return (
        "<!doctype html>\n"
        '<html lang="en">\n<head>\n<meta charset="utf-8">\n'
        '<meta name="viewport" content="width=device-width, initial-scale=1">\n'
        '<meta name="color-scheme" content="light dark">\n'
        f'<title>{html.escape(title)}</title>\n<link rel="icon" href="data:,">\n'
        f'{head}</head>\n<body class="jsm-page">\n{body}</body>\n</html>\n'
    )


def _where(address: Address) -> str:
    url, integrity = address if isinstance(address, tuple) else (address, "")
    check = f' integrity="{html.escape(integrity)}" crossorigin="anonymous"' if integrity else ""
    return f'{html.escape(url)}"{check}'

"""Looks at every link in our Markdown files: the file must exist, and so must the heading after a `#`.

Links to other sites are left alone, so that this needs no network.
"""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import unquote

ROOT = Path(__file__).resolve().parent.parent

FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
CODE = re.compile(r"`[^`\n]*`")
LINK = re.compile(r"\[[^\]]*\]\(\s*<?([^)\s>]+)>?[^)]*\)")
HEADING = re.compile(r"^#{1,6}\s+(.+?)\s*#*$", re.MULTILINE)
OTHER_SITE = re.compile(r"^[a-z][a-z0-9+.-]*:", re.IGNORECASE)


def anchors(text: str) -> set[str]:
    """The names under which the headings of `text` can be linked to."""
    seen: dict[str, int] = {}
    found = set()
    for heading in HEADING.findall(FENCE.sub("", text)):
        plain = re.sub(r"\[([^\]]*)\]\([^)]*\)", r"\1", heading)
        slug = re.sub(r"[^\w\- ]", "", plain.lower()).replace(" ", "-")
        count = seen.get(slug, 0)
        seen[slug] = count + 1
        found.add(slug if count == 0 else f"{slug}-{count}")
    return found


def broken_links(page: Path) -> Iterator[str]:
    """A sentence for each link of `page` that leads nowhere."""
    text = page.read_text(encoding="utf-8")
    for link in LINK.findall(CODE.sub("", FENCE.sub("", text))):
        if OTHER_SITE.match(link):
            continue
        path, _, anchor = unquote(link).partition("#")
        target = (page.parent / path).resolve() if path else page
        where = page.relative_to(ROOT)
        if not target.exists():
            yield f"{where}: the link to '{link}' leads nowhere, there is no such file."
        elif anchor and target.suffix == ".md" and anchor not in anchors(target.read_text(encoding="utf-8")):
            yield f"{where}: the link to '{link}' leads nowhere, no heading there has that name."


def main() -> int:
    pages = sorted([*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md")])
    broken = [sentence for page in pages for sentence in broken_links(page)]
    for sentence in broken:
        print(sentence, file=sys.stderr)
    if broken:
        return 1
    print(f"All links in {len(pages)} pages lead somewhere.")
    return 0


if __name__ == "__main__":
    sys.exit(main())

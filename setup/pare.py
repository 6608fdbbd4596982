"""Writes out a style sheet without what no page needs: `python setup/pare.py pico.min.css static/css/*.css`.

What is left out are rules for parts that no page has, and variables that nobody reads, or that our own style sheets,
which are named after it, set in any case.
"""

import re
import sys
from collections.abc import Iterator
from functools import partial
from pathlib import Path

UNUSED = re.compile(
    r"dropdown|dialog|modal|tooltip|dir=rtl|progress|hgroup|\.container|\.grid|\.striped|\.outline|\.contrast"
    r"|type=color|type=range|role=switch|role=button|figure|figcaption|kbd|blockquote|overflow-auto"
)
"""In the selectors of rules for what Meeloop does without."""
UNUSED_ALONE = re.compile(
    r"data-theme|:host|breadcrumb|role=link|aria-invalid=false|type=(reset|month|week|datetime-local)"
    r"|\b(audio|video|canvas|samp|ins|del|sub|sup|h5|h6|tfoot)\b|indeterminate|:-(ms|moz)-|@-moz-document"
)
"""The same where it is not one of several that a selector names between brackets."""
OPENING = re.compile(r'((?:@charset "UTF-8";)?(?:/\*!.*?\*/)?)(.*)', re.DOTALL)
"""Who wrote it and what its licence is, and the rules."""
EVERYWHERE = re.compile(r":root(:not\([^()]*\))?")
"""The selector of variables for the whole page."""


def pieces(css: str, at: str) -> Iterator[str]:
    """The text up to and including each `at` that stands in no brackets, and what is left."""
    depth, begun = 0, 0
    for place, letter in enumerate(css, 1):
        depth += (letter in "({[") - (letter in ")}]")
        if letter == at and not depth:
            yield css[begun:place]
            begun = place
    if css[begun:]:
        yield css[begun:]


def pared(css: str, own: str = "") -> str:
    """The rules that are used, with those of their selectors and variables that are; `own` comes after it."""
    ours = {
        name for block in re.findall(r":root \{([^}]*)\}", own) for name in re.findall(r"(--[\w-]+):", block)
    }
    opening = OPENING.match(css)
    assert opening
    licence, css = opening.groups()
    before = ""
    while css != before:  # a variable may be read by one alone that is left out itself
        read = set(re.findall(r"var\((--[\w-]+)", css + own))
        before, css = css, _pared(css, read, ours)
    return licence + css


def _pared(css: str, read: set[str], ours: set[str]) -> str:
    return "".join(map(partial(_pared_rule, read=read, ours=ours), pieces(css, "}")))


def _pared_rule(rule: str, read: set[str], ours: set[str]) -> str:
    head, _, body = rule.partition("{")
    if head.startswith(("@media", "@supports")):
        inner = _pared(body[:-1], read, ours)
        return f"{head}{{{inner}}}" if inner else ""
    kept = [each.strip(",") for each in pieces(head, ",") if _is_used(each)]
    settled = ours if all(EVERYWHERE.fullmatch(each) for each in kept) else set[str]()
    said = [each for each in pieces(body[:-1], ";") if _is_said(each, read - settled)]
    return f"{','.join(kept)}{{{''.join(said).rstrip(';')}}}" if kept and said else ""


def _is_used(selector: str) -> bool:
    named = re.sub(r":not\(.*?\)", "", selector)
    alone = re.sub(r"\([^()]*\)", "", re.sub(r"\([^()]*\)", "", selector))
    return not (UNUSED.search(named) or UNUSED_ALONE.search(alone))


def _is_said(declaration: str, read: set[str]) -> bool:
    """Whether it is no variable, or one that somebody reads."""
    return not declaration.startswith("--") or declaration.partition(":")[0] in read


if __name__ == "__main__":
    theirs, *ours = (Path(name).read_text("utf-8") for name in sys.argv[1:])
    sys.stdout.write(pared(theirs, "".join(ours)))

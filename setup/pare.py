"""Writes out a style sheet without the rules for parts that no page has: `python setup/pare.py pico.min.css`."""

import re
import sys
from collections.abc import Iterator
from pathlib import Path

UNUSED = re.compile(
    r"dropdown|dialog|modal|tooltip|dir=rtl|progress|hgroup|\.container|\.grid|\.striped|\.outline|\.contrast"
    r"|type=color|type=range|role=switch|role=button|figure|figcaption|kbd|blockquote|overflow-auto"
)
"""In the selectors of rules for what Meeloop does without."""


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


def pared(css: str) -> str:
    """The rules that are used, with those of their selectors that are."""
    return "".join(_pared_rule(rule) for rule in pieces(css, "}"))


def _pared_rule(rule: str) -> str:
    head, _, body = rule.partition("{")
    if head.startswith(("@media", "@supports")):
        inner = pared(body[:-1])
        return f"{head}{{{inner}}}" if inner else ""
    kept = [
        each.strip(",") for each in pieces(head, ",") if not UNUSED.search(re.sub(r":not\(.*?\)", "", each))
    ]
    return f"{','.join(kept)}{{{body}" if kept else ""


if __name__ == "__main__":
    sys.stdout.write(pared(Path(sys.argv[1]).read_text("utf-8")))

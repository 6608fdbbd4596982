"""Texts made fit for a calendar: no control characters, and one line where one line is asked."""

import re

LINE_LIMIT = 255
"""What Outlook keeps of a SUMMARY or LOCATION, in characters (MS-OXCICAL)."""

_LINE_END = re.compile("\r\n|[\r\u0085\u2028\u2029]")
_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufeff]")


def lines(text: str) -> str:
    """The text with newlines as line ends, and without control characters but tabs (RFC 5545 3.3.11).

    A backslash before a capital N, as in a path, becomes a slash: icalendar would write it as a line end. Byte order
    marks go, too: it would lose one at the beginning.
    """
    return _CONTROL.sub("", _LINE_END.sub("\n", text)).replace(r"\N", "/N")


def one_line(text: str) -> str:
    """The text on one line: each run of white space becomes one space, control characters go."""
    return " ".join(lines(text).split())


def short_line(text: str) -> str:
    """The text on one line of at most 255 characters; what is longer ends in an ellipsis."""
    line = one_line(text)
    return line if len(line) <= LINE_LIMIT else line[: LINE_LIMIT - 1].rstrip() + "…"

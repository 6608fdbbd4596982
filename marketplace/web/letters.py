"""Letters on a page, as they were received: their HTML stands in a frame of its own, in which nothing runs."""

from email import message_from_bytes, policy
from email.message import EmailMessage

from flask import Response

from marketplace.web.headers import POLICY

_FRAMED = (
    "default-src 'none'; style-src 'unsafe-inline'; img-src data:; form-action 'none'; frame-ancestors 'self'"
)
"""A letter brings its own styles and nothing else."""


def framed(html: str) -> Response:
    """The HTML of a letter alone, for a frame. Its links open in the whole window."""
    body = html.replace("<head>", '<head><base target="_top">', 1)
    return Response(body, headers={"Content-Security-Policy": _FRAMED})


def with_frame(answer: Response) -> Response:
    """A page that may show frames of this site."""
    answer.headers["Content-Security-Policy"] = f"{POLICY}; frame-src 'self'"
    return answer


def headers_in(octets: bytes | None) -> list[tuple[str, str]]:
    """The headers of a letter as sent; none while it waits to be sent."""
    if not octets:
        return []
    parsed: EmailMessage = message_from_bytes(octets, policy=policy.default)
    return [(name, str(value)) for name, value in parsed.items()]

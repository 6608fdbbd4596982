"""Making offers through the pages, as a host does."""

import re
from typing import Any

from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests.pages import post

NEW = "/host/offers/new?format=masterclass"
TEXTS: dict[str, Any] = {
    "kind": "workshop",
    "title": "Warmtepompen: zelf inregelen",
    "summary": "Een avond aan de meetkoffer.",
    "activity": "U regelt een warmtepomp in en zoekt een storing.",
    "audiences": ["vmbo_teacher", "mentor"],
    "profiles": ["PIE"],
}
PLAN: dict[str, Any] = {"day": "2027-04-15", "starts": "17:00", "ends": "20:00", "capacity": "12"}


def drafted(client: FlaskClient, **changes: Any) -> str:
    """The code of a new draft."""
    return code_in(post(client, NEW, **{**TEXTS, **changes}))


def code_in(answer: TestResponse) -> str:
    """The code at the end of the address that an answer leads to."""
    assert answer.status_code == 303, answer.text
    found = re.search(r"/host/offers/([0-9A-Z]+)", answer.location)
    assert found, answer.location
    return found[1]


def planned(client: FlaskClient, offer: str, **changes: Any) -> TestResponse:
    """The answer to a plan for moments of an offer."""
    return post(client, f"/host/offers/{offer}/slots", **{**PLAN, **changes})

"""Nonsense at every address in every role: never a mishap, and what is refused changes nothing.

An example is one request; what one changed is put back before the next. FUZZED=10000 makes it a long run.
"""

import os

import pytest
from flask import Flask
from hypothesis import HealthCheck, given, settings
from werkzeug.test import TestResponse

from tests import steps
from tests.cast import Cast
from tests.conftest import Visit
from tests.web.hostile import PASSER_BY, Sent, World, make_world, requests, send

EXAMPLES = int(os.environ.get("FUZZED", "300"))
FRAME = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"}
ASKING = {"account.sign_in", "account.sign_in_link", "account.school_form", "account.company_form", "demo.front"}
"""Pages whose form needs a token: they alone may set a cookie for somebody who only looks."""
SCRIPT = "<script>alert("


@pytest.fixture
def world(app: Flask, cast: Cast, client_of: Visit) -> World:
    return make_world(app, cast, client_of)


def test_nonsense_anywhere_is_answered_and_changes_nothing(world: World) -> None:
    @settings(max_examples=EXAMPLES, suppress_health_check=list(HealthCheck))
    @given(requests(world.app))
    def answers(sent: Sent) -> None:
        answer = send(world, sent)
        stands_in_its_frame(sent, answer)
        changed = world.changed() - used(sent, answer)
        assert not changed or (sent.method == "POST" and answer.status_code < 400)
        if changed:
            can_be_lived_with(world)
            world.put_back()

    answers()


def stands_in_its_frame(sent: Sent, answer: TestResponse) -> None:
    """No mishap, no way out of this site, nothing said as it came, no cookie for who only passes by."""
    assert answer.status_code < 500, answer.text[:2000]
    is_file = sent.endpoint == "static" and answer.status_code == 200
    assert set(answer.headers.keys()) >= ({"X-Content-Type-Options"} if is_file else FRAME)
    assert SCRIPT not in answer.text
    if answer.status_code in {302, 303}:
        assert answer.location.startswith("/") and not answer.location.startswith(("//", "/\\"))
    if sent.who == PASSER_BY and sent.method != "POST" and sent.endpoint not in ASKING:
        assert "Set-Cookie" not in answer.headers


def used(sent: Sent, answer: TestResponse) -> set[str]:
    """Who fetches a feed leaves the day on which it was last used."""
    is_fetched = sent.endpoint == "account.personal_feed" and answer.status_code < 400
    return {"subscription"} if is_fetched else set()


def can_be_lived_with(world: World) -> None:
    """Whatever was taken in can be shown, mailed and put in a calendar."""
    with world.app.app_context():
        steps.tell()
        steps.show_hosts()
        steps.send_everything()
        assert steps.waiting_letters() == []
    for who, path in [
        (PASSER_BY, "/"),
        (PASSER_BY, "/offers.ics"),
        (PASSER_BY, f"/offers/{world.codes['offers'][0]}"),
        (PASSER_BY, f"/feeds/{world.codes['feeds'][0]}.ics"),
        ("host", "/host"),
        ("host", f"/host/slots/{world.codes['slots'][0]}"),
        ("coordinator", "/desk"),
        ("coordinator", "/desk/people"),
        ("teacher", "/claims"),
    ]:
        answer = world.browser(who).get(path)
        assert answer.status_code < 500, (path, answer.text[:2000])
        assert SCRIPT not in answer.text

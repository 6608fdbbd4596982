"""Nonsense at every address in every role: never a mishap, and what is refused changes nothing.

An example is one request; what one changed is put back before the next. FUZZED=10000 makes it a long run.
"""

import os
from typing import Any, NamedTuple

import pytest
from flask import Flask
from flask.testing import FlaskClient
from hypothesis import HealthCheck, example, given, settings
from werkzeug.test import TestResponse

from marketplace.kernel.database import session
from marketplace.people.actions import add_certificate
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW, Visit
from tests.host.drafts import NEW, PLAN, TEXTS
from tests.pages import OURS, forms_of
from tests.rows import everything
from tests.teacher.test_claiming import FILLED
from tests.web.hostile import PASSER_BY, Sent, World, make_world, requests, send

EXAMPLES = int(os.environ.get("FUZZED", "250"))
FRAME = {"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"}
ASKING = {
    "account.sign_in",
    "account.sign_in_link",
    "account.school_form",
    "account.company_form",
    "demo.front",
}
"""Pages whose form needs a token: they alone may set a cookie for somebody who only looks."""
SCRIPT = "<script>alert("
ONCE_WRONG = [
    Sent("market.front", "GET", query=(("q", "\ud800"),), is_query_raw=True),
    Sent("teacher.claims", "GET", who=PASSER_BY, query=(("q", "\ud800"),), is_query_raw=True),
    Sent("market.feed", "GET", query=(("q", "\ud800"),), is_query_raw=True),
    Sent("host.edit_offer", "GET", code="", query=(("q", "\r"),), is_query_raw=True),
    Sent("demo.mailbox", "GET", query=(("to", "a\x00b"),)),
    Sent("demo.letter", "GET", code="9" * 30),
    Sent("account.make_link", "POST", who="host", changes=((0, "a\x00b"),)),
    Sent("demo.sign_in_as", "POST", changes=((0, "a\x00b"),)),
    Sent("account.switch_language", "POST", changes=((0, "//["),)),
    Sent("host.edit_slot", "POST", shape="extra", changes=((0, "²"),)),
    Sent("host.edit_slot", "POST", shape="extra", changes=((0, "9" * 5000),)),
    *(Sent("account.change_profile", "POST", shape=shape) for shape in ("files", "json")),
]
"""What pages once answered with a mishap: octets that are no UTF-8, numbers and texts that no column holds, names that
no field has, files where a form has none, an address that is nearly one."""


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

    for sent in ONCE_WRONG:
        answers = example(sent)(answers)
    answers()


def stands_in_its_frame(sent: Sent, answer: TestResponse) -> None:
    """No mishap, no way out of this site, nothing said as it came, no cookie for who only passes by."""
    assert answer.status_code < 500, answer.text[:2000]
    is_file = sent.endpoint == "static" and answer.status_code == 200
    assert set(answer.headers.keys()) >= ({"X-Content-Type-Options"} if is_file else FRAME)
    assert SCRIPT.encode() not in answer.data
    if 300 <= answer.status_code < 400 and answer.status_code != 304:
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
        ("coordinator", "/desk/claims"),
        ("coordinator", "/desk/letters"),
        ("school contact", f"/parties/{world.codes['parties'][0]}"),
        ("coordinator", "/desk/people"),
        ("teacher", "/claims"),
    ]:
        answer = world.browser(who).get(path)
        assert answer.status_code < 500, (path, answer.text[:2000])
        assert SCRIPT.encode() not in answer.data


# --- Slips and tricks, each with its sentence ---------------------------------------------------------------


class Answer(NamedTuple):
    """What a page says, in both languages."""

    status: int
    english: str
    dutch: str


class Slip(NamedTuple):
    """Who opens a page, and what they fill in there. It goes where the form says; or else to another address."""

    who: str
    page: str
    fields: dict[str, Any]
    to: str = ""


SLOTS, EDIT, CLAIM, DECIDE = (
    "/host/offers/{offer}/slots",
    "/host/slots/{slot}/edit",
    "/slots/{free}/claim",
    "/desk/claims/{claim}",
)
MEGABYTES = "x" * 10_000_000
SOMEBODY = {"name": "Jan", "email": "jan@school.example"}
TOO_MUCH = Answer(
    413, "Shorten your text or choose a smaller file.", "Maak uw tekst korter of kies een kleiner bestand."
)
ENDS = Answer(422, "Choose an end time after the start time.", "Kies een eindtijd na de begintijd.")
SEATS = Answer(422, "Choose between 1 and 200 seats.", "Kies 1 tot en met 200 plekken.")
FUTURE = Answer(422, "Choose a date in the future.", "Kies een datum die nog komt.")
VALID = Answer(
    422,
    "Enter the date that is on the certificate, from 1 January 2004 to",
    "Vul de datum in die op het certificaat staat, van 1 januari 2004 tot en met",
)
FORMAT = Answer(422, "Choose a form from the list.", "Kies een vorm uit de lijst.")
CONTROL = Answer(
    422, "Remove the invisible control characters", "Haal de onzichtbare stuurtekens uit deze tekst."
)
FORGED = Answer(400, "This form was not from us", "Dit formulier kwam niet van ons")
NOT_HERE = Answer(404, "This page is not here", "Deze pagina is er niet")
NOT_YOURS = Answer(403, "This page is not for you", "Deze pagina is niet voor u")

ONCE = pytest.mark.one_database
"""For what is refused before a form is read."""

SLIPS: dict[Answer, dict[str, Slip]] = {
    TOO_MUCH: {
        "a title of ten megabytes": Slip("host", NEW, {**TEXTS, "title": MEGABYTES}),
        "a claim of ten megabytes": Slip(
            "outsider", CLAIM, {**FILLED, "learning_question": MEGABYTES}, "/claim"
        ),
        "ten megabytes from nobody": Slip("nobody", "/sign-in", {"email": MEGABYTES}),
    },
    ENDS: {
        "a moment that ends before it starts": Slip("host", SLOTS, {**PLAN, "ends": "16:59"}),
        "a moment moved to end before it starts": Slip("host", EDIT, {"sessions-0-ends": "07:59"}),
    },
    SEATS: {
        "a capacity of -1": Slip("host", SLOTS, {**PLAN, "capacity": "-1"}),
        "a capacity of a billion": Slip("host", SLOTS, {**PLAN, "capacity": "1000000000"}),
        "a capacity lowered to -1": Slip("host", EDIT, {"capacity": "-1"}),
    },
    FUTURE: {
        "a day in 1900": Slip("host", SLOTS, {**PLAN, "day": "1900-01-01"}),
        "a moment moved to 1900": Slip("host", EDIT, {"sessions-0-day": "1900-01-01"}),
    },
    VALID: {
        "a certificate until 1900": Slip(
            "teacher",
            "/profile/certificates",
            {"kind": "b_vca", "valid_until": "1900-01-01"},
            "/profile/certificates",
        ),
    },
    FORMAT: {"an unknown format": Slip("host", NEW, TEXTS, "/host/offers/new?format=picnic")},
    CONTROL: {
        "control characters in a title": Slip("host", NEW, {**TEXTS, "title": "Las\x07sen"}),
        "control characters in a question": Slip(
            "outsider", CLAIM, {**FILLED, "learning_question": "\x1b[2J"}, "/claim"
        ),
        "control characters in a reason": Slip("coordinator", DECIDE, {"reason": "a\x00b"}, "/reject"),
        "control characters in a name": Slip("nobody", "/sign-up/school", {**SOMEBODY, "name": "J\x00an"}),
        "control characters in an invitation": Slip(
            "coordinator", "/desk/people", {**SOMEBODY, "name": "J\x00an", "place": "{company}"}
        ),
    },
    FORGED: {
        "a forged claim": Slip("outsider", CLAIM, {**FILLED, "csrf_token": "forged"}, "/claim"),
        "a forged approval": Slip("coordinator", DECIDE, {"csrf_token": ""}, "/approve"),
        "a forged sign-in": Slip("nobody", "/sign-in", {**SOMEBODY, "csrf_token": "x.y.z"}),
    },
    NOT_HERE: {
        "the places of another's party taken": Slip("colleague", "/profile", {}, "/parties/{claim}/accept"),
        "a place of another's party named": Slip(
            "colleague", "/profile", {}, "/parties/{claim}/{claim}/name"
        ),
        "the safety notes confirmed for a colleague": Slip(
            "colleague", "/profile", {}, "/claims/{claim}/safety"
        ),
        "a claim on another company decided": Slip(
            "outside host", "/profile", {}, "/host/claims/{claim}/approve"
        ),
        "a sheet of another company filled in": Slip(
            "outside host", "/profile", {"everybody": "y"}, "/host/slots/{slot}/attendance"
        ),
        "a letter of elsewhere sent again": Slip(
            "outside coordinator", "/profile", {}, "/desk/letters/{letter}/again"
        ),
        "a colleague's claim withdrawn": Slip("colleague", "/profile", {}, "/claims/{claim}/withdraw"),
        "a claim of elsewhere approved": Slip("outside coordinator", "/profile", {}, f"{DECIDE}/approve"),
        "a moment of another company cancelled": Slip(
            "outside host", "/profile", {"reason": "Zomaar."}, "/host/slots/{slot}/cancel"
        ),
        "an offer of elsewhere published": Slip(
            "outside coordinator", "/profile", {}, "/desk/offers/{offer}/publish"
        ),
        "a company of elsewhere trusted": Slip(
            "outside coordinator", "/profile", {}, "/desk/organisations/{company}/trust"
        ),
        "a certificate of somebody else removed": Slip(
            "colleague", "/profile", {"certificate": "{certificate}"}, "/profile/certificates/remove"
        ),
        "a feed of another company asked for": Slip(
            "outside host", "/profile", {"feed": "{company}"}, "/calendar/links"
        ),
    },
    NOT_YOURS: {
        "a claim approved by who made it": Slip("teacher", "/profile", {}, f"{DECIDE}/approve"),
        "an offer published by a participant": Slip(
            "teacher", "/profile", {}, "/desk/offers/{offer}/publish"
        ),
    },
}


@pytest.fixture
def codes(app: Flask, cast: Cast) -> dict[str, str]:
    """What the slips are about: a claim that waits, a moment that is free, a certificate."""
    with app.app_context():
        claim, free = steps.claim_seat(cast).code, steps.add_slot(cast, capacity=9)
        teacher = person(cast, "teacher")
        add_certificate(person=teacher, kind="mvk", number="1", valid_until=None, now=NOW)
        session.commit()
        certificate = str(teacher.certificates[0].id)
        letter = steps.letters("claim_received")[0].code
    known = {"offer": cast.offer, "slot": cast.slot, "company": cast.company, "letter": letter}
    return {**known, "claim": claim, "free": free, "certificate": certificate}


@pytest.mark.parametrize(
    ("slip", "answer"),
    [
        pytest.param(slip, answer, id=what, marks=ONCE if answer in (TOO_MUCH, FORGED) else ())
        for answer, slips in SLIPS.items()
        for what, slip in slips.items()
    ],
)
def test_a_slip_is_told_in_a_sentence_and_changes_nothing(
    app: Flask, client_of: Visit, codes: dict[str, str], slip: Slip, answer: Answer
) -> None:
    client = client_of(slip.who)
    for language, sentence in (("en", answer.english), ("nl", answer.dutch)):
        client.post("/language", data={"language": language})
        with app.app_context():
            before = everything()
        said = sent_by(client, slip, codes)
        assert said.status_code == answer.status
        assert sentence in said.text
        assert f'<html lang="{language}">' in said.text
        with app.app_context():
            assert everything() == before


def sent_by(client: FlaskClient, slip: Slip, codes: dict[str, str]) -> TestResponse:
    """The answer to a slip."""
    page, to = slip.page.format(**codes), slip.to.format(**codes)
    forms = [each for each in forms_of(client.get(page).text) if each[0] not in OURS]
    found = next((each for each in forms if to and each[0].endswith(to)), None)
    target, form = found or (to or forms[0][0] or page, forms[0][1])
    fields = {name: value.format(**codes) if "{" in value else value for name, value in slip.fields.items()}
    return client.post(target, data={**form, **fields})

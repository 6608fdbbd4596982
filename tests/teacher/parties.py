"""Full moments and people who sign up together: what the tests of waiting lists and parties begin with."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from sqlalchemy import select
from werkzeug.test import TestResponse

from marketplace.claims import actions
from marketplace.claims.facts import ClaimForm
from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from tests import steps
from tests.cast import Cast, person
from tests.conftest import NOW
from tests.pages import form_of

WAITS = ClaimForm("Hoe last u dun plaatwerk?", "school", "arranged", {}, "", False, may_wait=True)
"""What somebody says who goes on a waiting list, or signs up colleagues."""
PLANS: dict[str, Any] = {
    "learning_question": WAITS.learning_question,
    "time_basis": "school",
    "cover": "arranged",
}
OWN: dict[str, Any] = {"size_M009": "9", "has_read_safety": "y"}
"""What who comes along says for themselves."""


def fill(app: Flask, cast: Cast) -> list[str]:
    """Both seats of the cast's moment are taken. Returns the codes of the claims."""
    with app.app_context():
        return [steps.claim_seat(cast, who).code for who in ("colleague", "newcomer")]


def wait(app: Flask, cast: Cast, who: str) -> str:
    """That member of the cast goes on the waiting list. Returns the claim's code."""
    with app.app_context(), transaction():
        slot, one = steps.slot_with(cast.slot), person(cast, who)
        made = actions.claim_seat(slot=slot, person=one, form=WAITS, now=NOW)
        assert made.state == "waitlisted"
        return made.code


def make_party(
    app: Flask, cast: Cast, who: Sequence[str | None], *, maker: str = "school contact", slot: str = ""
) -> list[str]:
    """Somebody signs up members of the cast, or somebody without a name (None). Returns the codes of the claims."""
    with app.app_context(), transaction():
        school = person(cast, "teacher").school
        assert school
        made = actions.claim_together(
            slot=steps.slot_with(slot or cast.slot),
            maker=person(cast, maker),
            school=school,
            people=[person(cast, each) if each else None for each in who],
            form=WAITS,
            now=NOW,
        )
        return [each.code for each in made]


def leave(app: Flask, code: str, *, now: datetime = NOW) -> None:
    """Whose claim it is withdraws."""
    with app.app_context():
        steps.withdraw(steps.claim_with(code), now=now)


def states(app: Flask) -> list[str]:
    """The states of all claims, oldest first."""
    with app.app_context():
        return list(session.scalars(select(Claim.state).order_by(Claim.id)))


def send_together(client: FlaskClient, slot: str, **fields: Any) -> TestResponse:
    """Fills in the form for several people as it stands, and sends it."""
    page = client.get(f"/slots/{slot}/claim-together").text
    form = form_of(page, "/claim-together")
    form.pop("is_coming", None)
    return client.post(f"/slots/{slot}/claim-together", data={**form, **PLANS, **fields})


def row(number: int, name: str, email: str) -> dict[str, str]:
    """The fields of a colleague on that form."""
    return {f"people-{number}-name": name, f"people-{number}-email": email}


def token(client: FlaskClient) -> str:
    """The CSRF token of this browser."""
    return str(form_of(client.get("/profile").text, "/sign-out")["csrf_token"])

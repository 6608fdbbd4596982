"""A school's own contact: what colleagues are going to do, and whether their lessons are covered."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from flask import Blueprint, url_for
from flask.typing import ResponseReturnValue

from marketplace.claims import actions, queries
from marketplace.claims.facts import ClaimFacts, claim_facts, participant, parties_in
from marketplace.claims.models import Claim
from marketplace.claims.queries.first_steps import has_claims, has_confirmed_cover
from marketplace.claims.rules import why_not_confirm_cover
from marketplace.claims.states import STATE_NAMES, Cover
from marketplace.kernel.clock import now
from marketplace.kernel.database import at_once
from marketplace.kernel.texts import gettext
from marketplace.people.queries import has_staff
from marketplace.people.states import Role
from marketplace.web.first_steps import FirstStep, is_put_away, to_show
from marketplace.web.guards import for_roles
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

blueprint = Blueprint("school", __name__)

PAST = timedelta(days=90)
"""How far back the table of past moments goes."""


@dataclass(frozen=True, slots=True)
class Row:
    """A colleague's claim, and whether the school may still say that the lessons are covered."""

    claim: ClaimFacts
    is_living: bool
    can_confirm: bool


@blueprint.get("/school")
@for_roles("school_contact")
def claims() -> ResponseReturnValue:
    """What colleagues are going to do, and what they did lately."""
    at = now()
    found = queries.claims_of_school(_schools(), since=at - PAST)
    return page(
        "school/claims.html",
        coming=_rows([each for each in found if each.slot.ends_at > at]),
        past=_rows([each for each in found if each.slot.ends_at <= at and each.holds_a_seat][::-1]),
        steps=_first_steps(),
        parties=parties_in([each for each in found if each.slot.ends_at > at], me().code),
        state_names=STATE_NAMES,
    )


def _first_steps() -> Sequence[FirstStep]:
    """From colleagues with an account to a first confirmation; one statement. None when done or put away."""
    if is_put_away("school"):
        return ()
    schools = _schools()
    staff, claimed, covered = at_once(has_staff(schools), has_claims(schools), has_confirmed_cover(schools))
    return to_show(
        (
            FirstStep(
                gettext("Ask colleagues to make an account"),
                gettext("Send them this page: with the address of your school they can begin at once."),
                url_for("account.school_form"),
                staff,
            ),
            FirstStep(
                gettext("Choose an activity for your team"),
                gettext(
                    "A fixed day a year for the whole team works best. You sign them up together, with names later."
                ),
                url_for("market.front"),
                claimed,
            ),
            FirstStep(
                gettext("Confirm that lessons are covered"),
                gettext(
                    "As soon as a colleague signs up, you see it here. With your word the coordinator can decide."
                ),
                "",
                covered,
            ),
        )
    )


@blueprint.post("/school/claims/<code>/cover")
@for_roles("school_contact")
def confirm_cover(code: str) -> ResponseReturnValue:
    """The school's word that the lessons are covered."""
    claim = queries.claim_for_school(_schools(), code)
    actions.confirm_cover(claim=claim, by=me().code, now=now())
    done = gettext("Lesson cover for %(name)s is confirmed.", name=participant(claim).name)
    return go_to(url_for("school.claims"), say_ok=done)


def _schools() -> set[str]:
    """Codes of the schools that the visitor is the contact of; not those where they just teach."""
    return me().organisations_as(Role.SCHOOL_CONTACT)


def _rows(found: Sequence[Claim]) -> list[Row]:
    return [
        Row(
            claim_facts(each),
            each.is_living,
            each.cover != Cover.CONFIRMED and why_not_confirm_cover(each) is None,
        )
        for each in found
    ]

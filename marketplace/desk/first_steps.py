"""The first steps of who coordinates a region."""

from collections.abc import Collection, Sequence
from typing import Any

from flask import url_for
from sqlalchemy import Select

from marketplace.claims.queries.first_steps import has_decided
from marketplace.feeds.queries import has_subscribed
from marketplace.kernel.texts import gettext
from marketplace.offers.queries import has_published
from marketplace.organisations.queries import has_companies
from marketplace.web.first_steps import FirstStep, is_put_away, to_show
from marketplace.web.visitors import me

HOME = "desk"


def questions(regions: Collection[int]) -> Sequence[Select[Any]]:
    """What the first steps ask of these regions, to go along with other questions; nothing when they are put away."""
    if is_put_away(HOME):
        return ()
    return has_companies(regions), has_published(regions), has_decided(regions), has_subscribed(me().code)


def to_go(answers: Sequence[bool]) -> Sequence[FirstStep]:
    """From the first company to the first decision, with the answers to `questions`; until all are done."""
    if not answers:
        return ()
    companies, published, decided, subscribed = answers
    return to_show(
        (
            FirstStep(
                gettext("Invite companies"),
                gettext(
                    "Begin with those that already receive pupils of your schools. They sign up by themselves."
                ),
                url_for("desk.organisations"),
                companies,
            ),
            FirstStep(
                gettext("Check a first activity"),
                gettext(
                    "Is there something concrete to do, and are the safety notes clear? Then it may be published."
                ),
                url_for("desk.offers"),
                published,
            ),
            FirstStep(
                gettext("Decide on a first claim"),
                gettext("You see the question, the lesson cover and the certificate beside each other."),
                url_for("desk.claims"),
                decided,
            ),
            FirstStep(
                gettext("Subscribe to the calendar of your region"),
                gettext(
                    "With the steps of the playbook in it, if you like: when to invite, when to look back."
                ),
                url_for("account.calendar"),
                subscribed,
            ),
        )
    )

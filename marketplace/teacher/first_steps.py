"""The first steps of who works at a school."""

from collections.abc import Sequence

from flask import url_for

from marketplace.feeds.queries import has_subscribed
from marketplace.kernel.database import at_once
from marketplace.kernel.texts import gettext
from marketplace.people.queries import has_certificate, has_profiles
from marketplace.web.first_steps import FirstStep, is_put_away
from marketplace.web.visitors import me

HOME = "claims"


def first_steps() -> Sequence[FirstStep]:
    """From a profile to a first claim, for participants who made none yet; one statement. None when put away."""
    if is_put_away(HOME) or not me().has("participant"):
        return ()
    who = me().code
    profiles, certificate, calendar = at_once(has_profiles(who), has_certificate(who), has_subscribed(who))
    return (
        FirstStep(
            gettext("Say in which profiles you teach"),
            gettext("Then you hear of new activities that suit your lessons."),
            url_for("account.profile"),
            profiles,
        ),
        FirstStep(
            gettext("Do you have a VCA certificate? Add it"),
            gettext("Some companies ask for it. Most activities go without."),
            url_for("account.certificates"),
            certificate,
        ),
        FirstStep(
            gettext("Subscribe to your calendar"),
            gettext("Your moments then stand in your own calendar, and change along."),
            url_for("account.calendar"),
            calendar,
        ),
        FirstStep(
            gettext("Choose an activity and sign up"),
            gettext(
                "Write what you want to learn. The more precise your question, the more you get out of the day."
            ),
            url_for("market.front"),
            False,
        ),
    )

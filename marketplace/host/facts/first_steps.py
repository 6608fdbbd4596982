"""The first steps of an organisation that receives people."""

from collections.abc import Sequence

from flask import url_for

from marketplace.kernel.texts import gettext
from marketplace.offers.models import Offer
from marketplace.organisations.models import Organisation
from marketplace.web.first_steps import FirstStep, is_put_away, to_show

HOME = "host"


def first_steps(host: Organisation, offers: Sequence[Offer]) -> Sequence[FirstStep]:
    """From a telephone number to a first publication, of an organisation with these offers; no statement.

    Until all are done; none when put away.
    """
    return (
        () if is_put_away(HOME) else to_show((_reached(host), *_posted(offers, is_trusted=host.is_trusted)))
    )


def _reached(host: Organisation) -> FirstStep:
    site = next((each for each in host.sites if not each.emergency), None)
    if site and host.phone:
        where = url_for("host.site", code=site.code)
    else:
        where = url_for("host.contact", code=host.code)
    return FirstStep(
        gettext("Say how you are reached"),
        gettext(
            "Your telephone number, and whom to warn in an emergency. Participants find it in their mail."
        ),
        where,
        bool(host.phone) and site is None,
    )


def _posted(offers: Sequence[Offer], *, is_trusted: bool) -> tuple[FirstStep, ...]:
    first = offers[-1] if offers else None  # the others were changed later
    seen = gettext(
        "A coordinator looks at your first activity before it is published. After that you publish yourselves."
    )
    return (
        FirstStep(
            gettext("Describe your first activity"),
            gettext("What will people do themselves? Begin with an example: it takes two minutes."),
            url_for("host.new_offer"),
            first is not None,
        ),
        FirstStep(
            gettext("Write the safety notes"),
            gettext("What must people wear, and who brings it? Is there nothing particular? Then say that."),
            url_for("host.safety", code=first.code) if first else "",
            any(each.brief.facts.is_answered for each in offers),
        ),
        FirstStep(
            gettext("Plan a moment and publish"),
            gettext("At least six weeks ahead is best: then teachers can still plan.")
            if is_trusted
            else seen,
            url_for("host.offer", code=first.code) if first else "",
            any(each.published_at for each in offers),
        ),
    )

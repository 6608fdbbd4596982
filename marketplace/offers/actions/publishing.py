"""From draft to published and closed."""

from datetime import datetime

from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_
from marketplace.offers import messages, rules
from marketplace.offers.actions.listing import list_offer
from marketplace.offers.facts import offer_facts
from marketplace.offers.models import Offer
from marketplace.offers.states import TOO_LATE, OfferState, step_offer
from marketplace.organisations import actions as organisations

INCOMPLETE = Refusal(
    N_(
        "This is not complete any more: a text is empty, or no moment to come is open. Send it back to the host."
    )
)


def submit(*, offer: Offer, by: str, now: datetime) -> None:
    """Offers it to everybody at once if the organisation is trusted, else to a coordinator to look at first.

    Raises Refused with what is still missing.
    """
    if refusal := _why_not(offer, now):
        raise Refused(refusal)
    if offer.organisation.is_trusted:
        _publish(offer, by, now)
    else:
        step_offer(offer, OfferState.SUBMITTED, by=by, now=now)
        offer.touch(now)
        messages.mail_submitted(offer, now=now)


def publish(*, offer: Offer, by: str, now: datetime) -> None:
    """A coordinator's yes: it is published, and the organisation publishes its own from now on.

    Raises Refused where somebody was first, and where something is missing now: the host may go on writing meanwhile.
    """
    if offer.state != OfferState.SUBMITTED:
        raise Refused(Refusal(N_("Somebody else decided about this activity just before you.")))
    if _why_not(offer, now):
        raise Refused(INCOMPLETE)
    _publish(offer, by, now)
    organisations.trust(organisation=offer.organisation, by=by, now=now)
    messages.mail_published(offer, now=now)


def send_back(*, offer: Offer, reason: str, by: str, now: datetime) -> None:
    """A coordinator's not yet: back to draft, and the host hears why."""
    if not reason.strip():
        raise Refused(Refusal(N_("Write what should change. The host reads it in the mail.")))
    step_offer(offer, OfferState.DRAFT, by=by, now=now, reason=reason)
    offer.touch(now)
    messages.mail_sent_back(offer, reason.strip(), now=now)


def close_offer(*, offer: Offer, by: str, now: datetime) -> None:
    """Takes it from the marketplace; claims that were made go on."""
    step_offer(offer, OfferState.CLOSED, by=by, now=now)
    offer.touch(now)
    list_offer(offer, now=now)


def reopen_offer(*, offer: Offer, by: str, now: datetime) -> None:
    """Puts a closed offer on the marketplace again; what was never published goes by way of `submit`."""
    if offer.state != OfferState.CLOSED:
        raise Refused(TOO_LATE)
    if refusal := _why_not(offer, now):
        raise Refused(refusal)
    step_offer(offer, OfferState.PUBLISHED, by=by, now=now)
    offer.touch(now)
    list_offer(offer, now=now)


def _why_not(offer: Offer, now: datetime) -> Refusal | None:
    return rules.why_not_publish(offer_facts(offer), bool(rules.open_moments(offer.slots, now)))


def _publish(offer: Offer, by: str, now: datetime) -> None:
    step_offer(offer, OfferState.PUBLISHED, by=by, now=now)
    offer.published_at = offer.published_at or now
    for slot in offer.slots:  # what waited to be published is news from now on
        slot.announce_at = max(slot.announce_at or now, now)
    offer.touch(now)
    list_offer(offer, now=now)

"""Drafting and changing what an offer says."""

from dataclasses import replace
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from marketplace.formats.playbooks import formats
from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.offers import queries
from marketplace.offers.actions.listing import list_offer
from marketplace.offers.facts import AUDIENCES, CAPACITY_LIMIT, OfferText
from marketplace.offers.models import Offer, OfferAudience, OfferProfile
from marketplace.offers.states import OfferState, Policy
from marketplace.organisations.facts import PROFILES
from marketplace.organisations.models import Organisation
from marketplace.safety.actions import new_brief, rewrite
from marketplace.safety.facts import BriefFacts

_PLAIN = (
    "title", "summary", "activity", "learning", "report_at", "parking", "meal", "walk_in_minutes", "clothing", "policy",
    "school_limit",
)  # fmt: skip
_TOLD = ("title", "report_at", "walk_in_minutes", "clothing", "meal", "parking")
"""What participants are told about: changing it raises the version."""


def draft_offer(
    *, organisation: Organisation, text: OfferText, made_with: str | None, by: str, now: datetime
) -> Offer:
    """A new draft. The same form sent twice (`made_with`, its one-time key) gives the draft of the first time.

    Who went back in the browser and wrote on meets that draft again, with what is written now; not what became of it.
    """
    _refuse_unknown(organisation, text)
    if made_with and (made := queries.offer_made_with(made_with)):
        if _is_rewritten(made, organisation, text):
            change_offer(offer=made, text=text, by=by, now=now)
        return made
    offer = Offer(
        code=new_code(),
        organisation=organisation,
        brief=new_brief(own=BriefFacts(), now=now),
        made_by=by,
        made_with=made_with,
        format=text.format,
        kind=text.kind,
        changed_at=now,
        changing_since=now,
        **{name: getattr(text, name) for name in _PLAIN},
    )
    _set_lists(offer, text)
    try:
        with session.begin_nested():
            session.add(offer)
    except IntegrityError:  # the same form, sent twice at once
        made = queries.offer_made_with(made_with) if made_with else None
        if made is None:
            raise
        return made
    list_offer(offer, now=now)
    record(kind="offer", subject=offer.code, event="drafted", by=by, at=now)
    return offer


def _is_rewritten(made: Offer, organisation: Organisation, text: OfferText) -> bool:
    is_same = made.organisation_id == organisation.id and made.format == text.format
    return is_same and made.state == OfferState.DRAFT and _sorted(_text_of(made)) != _sorted(text)


def _sorted(text: OfferText) -> OfferText:
    """The order in which a form names profiles and audiences means nothing, and is not kept."""
    return replace(
        text, profiles=tuple(sorted(set(text.profiles))), audiences=tuple(sorted(set(text.audiences)))
    )


def change_offer(*, offer: Offer, text: OfferText, by: str, now: datetime) -> None:
    """Writes what an offer says now. Its format stays; participants hear of what concerns them.

    Who decides, and how many of a school may come, holds for claims made from now on.
    """
    _refuse_unknown(offer.organisation, text)
    is_told = any(getattr(offer, name) != getattr(text, name) for name in _TOLD)
    for name in _PLAIN:
        setattr(offer, name, getattr(text, name))
    offer.kind = text.kind
    _set_lists(offer, text)
    if is_told:
        offer.raise_version(now)
    list_offer(offer, now=now)
    record(kind="offer", subject=offer.code, event="changed", by=by, at=now)


def duplicate(*, offer: Offer, by: str, now: datetime, made_with: str | None = None) -> Offer:
    """A new draft that says the same, without moments. The same button pressed twice (`made_with`) makes one."""
    if made_with and (made := queries.offer_made_with(made_with)):
        return made
    copy = draft_offer(
        organisation=offer.organisation, text=_text_of(offer), made_with=made_with, by=by, now=now
    )
    rewrite(brief=copy.brief, own=offer.brief.own_facts, based_on=offer.brief.based_on, now=now)
    return copy


def _text_of(offer: Offer) -> OfferText:
    return OfferText(
        format=offer.format,
        kind=offer.kind,
        profiles=tuple(each.profile for each in offer.profiles),
        audiences=tuple(each.audience for each in offer.audiences),
        **{name: getattr(offer, name) for name in _PLAIN},
    )


def refresh_host(*, organisation: Organisation, now: datetime) -> None:
    """After what an organisation says of itself changed (where, by telephone): its offers are found and shown so."""
    for offer in queries.hosted_offers([organisation.code]):
        list_offer(offer, now=now)


def _refuse_unknown(host: Organisation, text: OfferText) -> None:
    form = formats().get(text.format)
    if form is None or host.kind not in form.hosts:
        raise Refused(Refusal(N_("Choose a form from the list.")))
    if text.kind not in {kind.slug for kind in form.kinds} | {""}:
        raise Refused(Refusal(N_("Choose a kind from the list.")))
    if not set(text.profiles) <= set(PROFILES) or not set(text.audiences) <= set(AUDIENCES):
        raise Refused(Refusal(N_("Choose from the list.")))
    if text.policy not in set(Policy):
        raise Refused(Refusal(N_("Choose who decides about claims.")))
    if not 0 <= text.school_limit <= CAPACITY_LIMIT:
        raise Refused(Refusal(N_("Choose at most %(limit)s people of a school."), {"limit": CAPACITY_LIMIT}))


def _set_lists(offer: Offer, text: OfferText) -> None:
    """Adds and removes what differs, and leaves the rest."""
    offer.profiles[:] = [
        next((old for old in offer.profiles if old.profile == profile), None) or OfferProfile(profile=profile)
        for profile in dict.fromkeys(text.profiles)
    ]
    offer.audiences[:] = [
        next((old for old in offer.audiences if old.audience == audience), None)
        or OfferAudience(audience=audience)
        for audience in dict.fromkeys(text.audiences)
    ]

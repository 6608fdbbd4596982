"""From draft to published and closed: who may, what is missing, and what everybody sees."""

from collections.abc import Callable
from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select, update

from marketplace import audit
from marketplace.kernel.changes import EVERYBODY, number_of
from marketplace.kernel.database import session, transaction
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import history
from marketplace.kernel.texts import speaking
from marketplace.offers import actions as offers
from marketplace.offers import queries
from marketplace.offers.facts import OfferSearch, OfferText
from marketplace.offers.models import Offer, PublicEntry
from marketplace.offers.states import OfferState, SlotState
from marketplace.organisations.models import Organisation
from marketplace.safety.facts import BriefFacts
from tests import steps
from tests.cast import BRIEF, Cast, plan
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

TEXT = OfferText(
    format="docentstage", kind="", title="Een dag bij de Rivaal", summary="Kom kijken.", activity="U last."
)


def rival(cast: Cast) -> Organisation:
    """A company that nobody trusts yet."""
    return session.scalars(select(Organisation).where(Organisation.name == "Rivaal")).one()


def draft(cast: Cast, *, is_ready: bool = True, **changes: Any) -> Offer:
    """A draft of the company that nobody trusts yet."""
    with transaction():
        host, text = rival(cast), replace(TEXT, **changes)
        offer = offers.draft_offer(organisation=host, text=text, made_with=None, by="host", now=NOW)
        if is_ready:
            offers.change_brief(offer=offer, brief=BRIEF, by="host", now=NOW)
            offers.add_slots(offer=offer, plan=plan(host.sites[0].code), by="host", now=NOW)
        return offer


def found(q: str = "") -> list[str]:
    """The offers that everybody finds."""
    return [queries.card_of(hit).offer for hit in queries.search(OfferSearch(q=q), now=NOW).hits]


def do(action: Callable[..., Any], offer: Offer, **values: Any) -> None:
    with transaction():
        action(offer=offer, by="somebody", now=NOW, **values)


# --- The way to everybody -----------------------------------------------------------------------------------


def test_who_is_trusted_publishes_at_once(cast: Cast) -> None:
    offer = steps.offer_of(cast)
    assert (offer.state, offer.published_at) == (OfferState.PUBLISHED, NOW)
    assert [each.event for each in history("offer", offer.code)] == ["drafted", "brief", "published"]
    assert not steps.letters()


def test_who_is_new_is_looked_at_by_a_coordinator_of_the_hosts_region(cast: Cast) -> None:
    offer = draft(cast)
    do(offers.submit, offer)
    assert offer.state == OfferState.SUBMITTED
    assert steps.the_letter("offer_submitted").receiver_address == cast.emails["outside coordinator"]
    with pytest.raises(NotFound):
        queries.public_offer(offer.code)


def test_a_coordinators_yes_publishes_it_and_trusts_the_host_from_now_on(cast: Cast) -> None:
    offer = draft(cast)
    do(offers.submit, offer)
    do(offers.publish, offer)
    assert (offer.state, offer.organisation.is_trusted) == (OfferState.PUBLISHED, True)
    assert steps.the_letter("offer_published").receiver_address == cast.emails["outside host"]
    second = draft(cast, title="Nog een dag")
    do(offers.submit, second)
    assert second.state == OfferState.PUBLISHED
    assert audit.breaches(now=NOW) == []


def test_a_coordinators_not_yet_says_why(cast: Cast) -> None:
    offer = draft(cast)
    do(offers.submit, offer)
    assert "Write what should change" in steps.refusal(lambda: do(offers.send_back, offer, reason=" "))
    do(offers.send_back, offer, reason="Noem de dagen.")
    assert offer.state == OfferState.DRAFT
    assert "Noem de dagen." in steps.the_letter("offer_sent_back").text
    do(offers.submit, offer)
    assert len(steps.letters("offer_submitted")) == 2


@pytest.mark.parametrize("is_submitted", [True, False])
def test_no_way_round_the_coordinator_publishes_what_nobody_looked_at(cast: Cast, is_submitted: bool) -> None:
    offer = draft(cast)
    if is_submitted:
        do(offers.submit, offer)
    assert steps.refusal(lambda: do(offers.reopen_offer, offer))
    assert not offer.organisation.is_trusted


def test_of_two_coordinators_the_second_is_told(cast: Cast) -> None:
    offer = draft(cast)
    do(offers.submit, offer)
    do(offers.publish, offer)
    assert "Somebody else decided" in steps.refusal(lambda: do(offers.publish, offer))
    assert "changed in the meantime" in steps.refusal(lambda: do(offers.send_back, offer, reason="Nee."))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [({"summary": " "}, "Write a summary"), ({"activity": ""}, "Describe first what participants")],
)
def test_an_offer_that_says_too_little_is_not_submitted(
    cast: Cast, changes: dict[str, Any], sentence: str
) -> None:
    offer = draft(cast, **changes)
    assert sentence in steps.refusal(lambda: do(offers.submit, offer))


def test_an_offer_without_safety_notes_or_moments_is_not_submitted(cast: Cast) -> None:
    offer = draft(cast, is_ready=False)
    assert "safety notes" in steps.refusal(lambda: do(offers.submit, offer))
    do(offers.change_brief, offer, brief=BriefFacts(has_no_particular_risks=True))
    assert "at least one moment" in steps.refusal(lambda: do(offers.submit, offer))


def test_moments_that_are_over_do_not_count(cast: Cast) -> None:
    offer = draft(cast)
    late = offer.slots[0].starts_at
    assert "at least one moment" in steps.refusal(lambda: _submit_at(offer, late))


def test_moments_that_were_closed_or_cancelled_do_not_count(cast: Cast) -> None:
    offer = draft(cast)
    with transaction():
        offers.close_slot(slot=offer.slots[0], to=SlotState.CLOSED, reason="", by="host", now=NOW)
    assert "at least one moment" in steps.refusal(lambda: do(offers.submit, offer))
    steps.cancel_slot(cast)
    do(offers.close_offer, steps.offer_of(cast))
    assert "at least one moment" in steps.refusal(lambda: do(offers.reopen_offer, steps.offer_of(cast)))


def test_what_the_host_took_away_meanwhile_is_not_published(cast: Cast) -> None:
    offer = draft(cast)
    do(offers.submit, offer)
    with transaction():
        offers.close_slot(slot=offer.slots[0], to=SlotState.CANCELLED, reason="Vol.", by="host", now=NOW)
    assert "not complete any more" in steps.refusal(lambda: do(offers.publish, offer))
    assert not offer.organisation.is_trusted


def _submit_at(offer: Offer, now: Any) -> None:
    with transaction():
        offers.submit(offer=offer, by="host", now=now)


def test_what_is_published_is_not_submitted_again(cast: Cast) -> None:
    offer = steps.offer_of(cast)
    assert "changed in the meantime" in steps.refusal(lambda: do(offers.submit, offer))


# --- Closing ------------------------------------------------------------------------------------------------


def test_a_closed_offer_is_still_shown_but_found_no_more(cast: Cast) -> None:
    do(offers.close_offer, steps.offer_of(cast))
    assert queries.public_offer(cast.offer).state == OfferState.CLOSED
    assert found() == []
    do(offers.reopen_offer, steps.offer_of(cast))
    assert found() == [cast.offer]
    assert audit.breaches(now=NOW) == []


def test_a_draft_is_not_closed(cast: Cast) -> None:
    offer = draft(cast)
    assert "changed in the meantime" in steps.refusal(lambda: do(offers.close_offer, offer))


def test_claims_go_on_when_an_offer_closes(cast: Cast) -> None:
    claim = steps.claim_seat(cast)
    do(offers.close_offer, steps.offer_of(cast))
    assert steps.decide(claim, cast).state == "approved"
    steps.change_slot(cast, supervisor="Henk Lange")
    assert steps.tell() == 1
    assert audit.breaches(now=NOW) == []


# --- Writing ------------------------------------------------------------------------------------------------


def test_the_same_form_sent_twice_makes_one_draft(cast: Cast) -> None:
    with transaction():
        made = [
            offers.draft_offer(
                organisation=rival(cast), text=TEXT, made_with="a key of the form", by="host", now=NOW
            )
            for _ in range(2)
        ]
    assert made[0] is made[1]
    assert [each.event for each in history("offer", made[0].code)] == ["drafted"]


def sent_again(cast: Cast, **changes: Any) -> Offer:
    """The draft of a form that somebody went back to in the browser, changed and sent again."""
    with transaction():
        return offers.draft_offer(
            organisation=rival(cast), text=replace(TEXT, **changes), made_with="a key", by="host", now=NOW
        )


def test_who_goes_back_and_writes_on_finds_it_in_the_same_draft(cast: Cast) -> None:
    first = sent_again(cast)
    again = sent_again(cast, title="Twee dagen bij de Rivaal", profiles=("PIE",))
    assert again is first
    assert (again.title, [each.profile for each in again.profiles]) == ("Twee dagen bij de Rivaal", ["PIE"])


def test_who_goes_back_changes_nothing_that_was_sent_in(cast: Cast) -> None:
    offer = sent_again(cast)
    do(offers.change_brief, offer, brief=BRIEF)
    with transaction():
        offers.add_slots(offer=offer, plan=plan(rival(cast).sites[0].code), by="host", now=NOW)
    do(offers.submit, offer)
    assert sent_again(cast, title="Iets heel anders") is offer
    assert offer.title == TEXT.title


@pytest.mark.parametrize(
    "changes",
    [
        {"format": "speeddate"},
        {"format": "school_visit"},
        {"kind": "secret"},
        {"profiles": ("XX",)},
        {"audiences": ("pupils",)},
    ],
)
def test_what_is_in_no_list_is_refused(cast: Cast, changes: dict[str, Any]) -> None:
    assert "from the list" in steps.refusal(lambda: draft(cast, **changes))


def test_a_published_offer_keeps_its_safety_notes(cast: Cast) -> None:
    offer = steps.offer_of(cast)
    assert "safety notes" in steps.refusal(lambda: do(offers.change_brief, offer, brief=BriefFacts()))
    do(offers.change_brief, offer, brief=BriefFacts(has_no_particular_risks=True))
    assert offer.brief.version == 3


def test_a_copy_is_a_draft_that_says_the_same_without_moments(cast: Cast) -> None:
    with transaction():
        copy = offers.duplicate(offer=steps.offer_of(cast), by=cast.codes["host"], now=NOW)
    offer = steps.offer_of(cast)
    assert (copy.state, copy.title, copy.slots) == (OfferState.DRAFT, offer.title, [])
    assert copy.brief.facts == BRIEF
    assert copy.brief_id != offer.brief_id
    assert [each.profile for each in copy.profiles] == [each.profile for each in offer.profiles]
    with transaction():
        offers.change_brief(offer=copy, brief=BriefFacts(has_no_particular_risks=True), by="host", now=NOW)
    assert steps.offer_of(cast).brief.facts == BRIEF


# --- Public calendars ---------------------------------------------------------------------------------------


def public(cast: Cast, language: str = "en") -> list[PublicEntry]:
    statement = select(PublicEntry).where(PublicEntry.language == language).order_by(PublicEntry.id)
    return list(session.scalars(statement))


def test_a_moment_stands_in_both_public_calendars_once_everybody_may_see_it(cast: Cast) -> None:
    draft(cast)
    (english,), (dutch,) = public(cast), public(cast, "nl")
    assert "Teacher placement" in english.text
    assert "Docentstage" in dutch.text
    assert "TRANSP:TRANSPARENT" in english.text
    assert "ATTENDEE" not in english.text


def test_what_changes_is_counted_for_everybody(cast: Cast) -> None:
    before, _ = number_of(EVERYBODY)
    steps.change_slot(cast, supervisor="Henk Lange")
    assert number_of(EVERYBODY)[0] > before


def test_a_moment_that_moves_keeps_its_public_uid(cast: Cast) -> None:
    (before,) = public(cast)
    uid, sequence = before.uid, before.sequence
    slot = steps.slot_with(cast.slot)
    steps.change_slot(cast, sessions=[steps.moved(each, days=1) for each in steps.sessions_of(slot)])
    (after,) = public(cast)
    assert after.uid == uid
    assert after.sequence > sequence
    assert "20270210T080000" in after.text


def test_days_that_are_added_after_and_before_get_entries_of_their_own(cast: Cast) -> None:
    claim = steps.approved(cast)
    (day,) = steps.sessions_of(steps.slot_with(cast.slot))
    for days in ([0, 11], [-8, 0, 11]):
        steps.change_slot(cast, sessions=[steps.moved(day, days=each) for each in days])
        steps.tell()
    for found in (public(cast), steps.entries_of(claim)):
        assert len({each.position for each in found}) == len({each.uid for each in found}) == 3


def test_a_cancelled_moment_stays_in_the_feed_for_thirty_days(cast: Cast) -> None:
    steps.cancel_slot(cast)
    ends_at = steps.slot_with(cast.slot).starts_at
    with speaking("en"):
        for passed, count in ((timedelta(0), 1), (timedelta(days=29), 1), (timedelta(days=31), 0)):
            shown = queries.public_entries(OfferSearch(), now=ends_at + passed)
            assert len(shown) == count
            assert all("SUMMARY:Cancelled by the host: " in text for text in shown)


def test_a_feed_shows_what_its_search_finds(cast: Cast) -> None:
    with speaking("en"):
        assert queries.public_entries(OfferSearch(q="LASSEN zetten"), now=NOW)
        assert not queries.public_entries(OfferSearch(q="haken"), now=NOW)
        assert not queries.public_entries(OfferSearch(sector=("wood",)), now=NOW)


def test_an_offer_is_found_at_the_town_its_host_moved_to(cast: Cast) -> None:
    with transaction():
        company = steps.company_of(cast)
        company.sites[0].town = "Hoogeveen"
        offers.refresh_host(organisation=company, now=NOW)
    assert found("hoogeveen")
    assert not found("meppel")


def test_all_moments_of_a_host_move_with_the_host(cast: Cast) -> None:
    with transaction():
        session.execute(update(Offer).values(made_with=None))
        company = steps.company_of(cast)
        company.sites[0].street = "Nijverheidsweg 2"
        offers.refresh_host(organisation=company, now=NOW)
    assert all("Nijverheidsweg 2" in each.text for each in public(cast))


def test_an_entry_that_was_cancelled_is_never_written_again(cast: Cast) -> None:
    """RFC 5546 3.2.5: a cancelled UID is not used again, whatever happens to the moment or its offer afterwards."""
    steps.cancel_slot(cast)
    (cancelled,) = public(cast)
    said = (cancelled.uid, cancelled.sequence, cancelled.text)
    with transaction():
        offer = steps.offer_of(cast)
        offers.change_brief(offer=offer, brief=BriefFacts(notes="Nieuw"), by="system", now=NOW)
    (after,) = public(cast)
    assert (after.uid, after.sequence, after.text) == said

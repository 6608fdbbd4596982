"""Standing briefs, what offers and moments add to them, and the versions that are kept of all of them."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import select

from marketplace import audit
from marketplace.claims.queries import claim_for
from marketplace.claims.rules import needs_safety
from marketplace.kernel.database import session, transaction
from marketplace.kernel.journal import history
from marketplace.offers import actions as offers
from marketplace.offers.models import PublicEntry
from marketplace.organisations.actions import add_standing_brief
from marketplace.organisations.models import Organisation, StandingBrief
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider, hash_of
from marketplace.safety.models import Brief, BriefVersion
from tests import steps
from tests.cast import BRIEF, GLOVES, HELMET, JEWELLERY, SHOES, Cast
from tests.conftest import NOW

GLASSES = BriefLine("M004", provided_by=Provider.HOST)
EARS = BriefLine("M003", is_required=False, provided_by=Provider.HOST)
WORKSHOP = BriefFacts((SHOES, EARS), "Blijf op het looppad.", Access.GATE_INSTRUCTION)


# --- What holds ---------------------------------------------------------------------------------------------


def test_what_is_added_comes_after_what_always_holds() -> None:
    whole = BriefFacts((GLASSES,), "Haar vast.", Access.B_VCA).on_top_of(WORKSHOP)
    assert [each.code for each in whole.lines] == ["M008", "M003", "M004"]
    assert (whole.notes, whole.access) == ("Blijf op het looppad.\n\nHaar vast.", Access.B_VCA)


def test_a_line_that_both_have_is_told_once_as_the_addition_says() -> None:
    own = BriefLine("M003", provided_by=Provider.PARTICIPANT, note="Otoplastieken")
    assert BriefFacts((own,)).on_top_of(WORKSHOP).lines == (SHOES, own)


def test_adding_never_weakens_what_is_required_or_asked_at_the_gate() -> None:
    own = BriefFacts((replace(SHOES, is_required=False),), access=Access.NONE)
    whole = own.on_top_of(WORKSHOP)
    assert (whole.lines[0], whole.access) == (SHOES, Access.GATE_INSTRUCTION)


@pytest.mark.parametrize(("base", "is_calm"), [(BriefFacts(), True), (WORKSHOP, False)])
def test_nothing_particular_is_said_only_where_nothing_is_asked(base: BriefFacts, is_calm: bool) -> None:
    whole = BriefFacts(has_no_particular_risks=True).on_top_of(base)
    assert (whole.has_no_particular_risks, whole.is_answered) == (is_calm, True)


def test_the_hash_of_a_version_does_not_hang_on_the_order_of_its_keys() -> None:
    content = BRIEF.as_data()
    assert hash_of(content) == hash_of(dict(reversed(content.items())))
    assert hash_of(content) != hash_of(replace(BRIEF, notes="Anders.").as_data())


# --- Writing them -------------------------------------------------------------------------------------------


@pytest.fixture
def workshop(app_context: object, cast: Cast) -> StandingBrief:
    """A standing brief of the cast's company, on which its offer is based."""
    with transaction():
        standing = add_standing_brief(
            organisation=steps.company_of(cast),
            name="Werkplaats",
            site=None,
            brief=WORKSHOP,
            made_with="key",
            by="host",
            now=NOW,
        )
        own = BriefFacts((HELMET, GLOVES, JEWELLERY))
        offers.change_brief(offer=steps.offer_of(cast), brief=own, standing=standing, by="host", now=NOW)
    return standing


def change_workshop(standing: StandingBrief, brief: BriefFacts) -> None:
    with transaction():
        offers.change_standing_brief(
            standing=standing, name=standing.name, site=None, brief=brief, by="host", now=NOW
        )


def add_to_moment(cast: Cast, brief: BriefFacts) -> None:
    with transaction():
        offers.change_slot_brief(slot=steps.slot_with(cast.slot), brief=brief, by="host", now=NOW)


def codes(brief: Brief) -> list[str]:
    return [each.code for each in brief.facts.lines]


def versions(brief: Brief) -> list[BriefVersion]:
    statement = select(BriefVersion).where(BriefVersion.brief_id == brief.id)
    return list(session.scalars(statement.order_by(BriefVersion.number)))


def public_text(cast: Cast) -> str:
    statement = select(PublicEntry.text).where(PublicEntry.slot_id == steps.slot_with(cast.slot).id)
    return "".join(session.scalars(statement.where(PublicEntry.language == "en"))).replace("\r\n ", "")


def test_a_change_of_a_standing_brief_reaches_offers_and_moments(cast: Cast, workshop: StandingBrief) -> None:
    add_to_moment(cast, BriefFacts((GLASSES,)))
    change_workshop(workshop, replace(WORKSHOP, lines=(SHOES,), notes="Volg de begeleider."))
    offer, slot = steps.offer_of(cast), steps.slot_with(cast.slot)
    assert codes(offer.brief) == ["M008", "M019", "M009", "P008"]
    assert codes(slot.brief) == ["M008", "M019", "M009", "P008", "M004"]
    assert "Volg de begeleider." in public_text(cast) and "Safety glasses" in public_text(cast)
    assert audit.breaches(now=NOW) == []


def test_each_version_is_kept_as_it_was(cast: Cast, workshop: StandingBrief) -> None:
    before = steps.offer_of(cast).brief.version
    change_workshop(workshop, replace(WORKSHOP, notes="Volg de begeleider."))
    brief = steps.offer_of(cast).brief
    kept = versions(brief)
    assert [each.number for each in kept] == [*range(1, before + 2)]
    assert [BriefFacts.from_data(each.content).notes for each in kept[-2:]] == [
        "Blijf op het looppad.",
        "Volg de begeleider.",
    ]
    assert kept[-1].hash == brief.hash


def test_saving_the_same_again_makes_no_version(cast: Cast, workshop: StandingBrief) -> None:
    before = (workshop.brief.version, steps.offer_of(cast).brief.version)
    change_workshop(workshop, WORKSHOP)
    assert (workshop.brief.version, steps.offer_of(cast).brief.version) == before
    assert [each.event for each in history("standing_brief", workshop.code)] == ["added"]


def test_an_offer_may_be_based_on_another_brief_or_on_none(cast: Cast, workshop: StandingBrief) -> None:
    offer = steps.offer_of(cast)
    with transaction():
        offers.change_brief(offer=offer, brief=BriefFacts((HELMET,)), by="host", now=NOW)
    assert (codes(offer.brief), offer.brief.based_on) == (["M019"], None)
    assert audit.breaches(now=NOW) == []


def test_the_standing_brief_of_others_is_refused(cast: Cast, workshop: StandingBrief) -> None:
    with transaction():
        rival = session.scalars(select(Organisation).where(Organisation.name == "Rivaal")).one()
        theirs = add_standing_brief(
            organisation=rival, name="Hal", site=None, brief=WORKSHOP, made_with=None, by="host", now=NOW
        )
    offer = steps.offer_of(cast)
    assert "from the list" in steps.refusal(
        lambda: offers.change_brief(offer=offer, brief=BRIEF, standing=theirs, by="host", now=NOW)
    )


def test_a_standing_brief_cannot_take_the_last_word_from_a_published_offer(
    cast: Cast, workshop: StandingBrief
) -> None:
    offer = steps.offer_of(cast)
    with transaction():
        offers.change_brief(offer=offer, brief=BriefFacts(), standing=workshop, by="host", now=NOW)
    assert "Fill in" in steps.refusal(lambda: change_workshop(workshop, BriefFacts()))
    assert codes(steps.offer_of(cast).brief) == ["M008", "M003"]


def test_the_form_of_a_standing_brief_sent_twice_makes_one(cast: Cast, workshop: StandingBrief) -> None:
    with transaction():
        again = add_standing_brief(
            organisation=steps.company_of(cast),
            name="Werkplaats",
            site=None,
            brief=WORKSHOP,
            made_with="key",
            by="host",
            now=NOW,
        )
    assert again is workshop


def test_a_copy_of_an_offer_is_based_on_the_same_brief(cast: Cast, workshop: StandingBrief) -> None:
    with transaction():
        copy = offers.duplicate(offer=steps.offer_of(cast), by="host", now=NOW)
    assert copy.brief.based_on is workshop.brief
    assert copy.brief.own_facts == steps.offer_of(cast).brief.own_facts


# --- Who claimed is told ------------------------------------------------------------------------------------


def test_who_claimed_is_told_line_by_line_and_asked_again(cast: Cast, workshop: StandingBrief) -> None:
    claim = steps.approved(cast)
    steps.send_everything()
    change_workshop(workshop, replace(WORKSHOP, lines=(SHOES, EARS, GLASSES)))
    assert [steps.tell() for _ in range(2)] == [1, 0]
    letter = steps.the_letter("claim_changed")
    assert "Provided there: Safety glasses" in letter.text
    assert "Ear protection" not in letter.text.split("Safety glasses")[0]
    assert letter.calendar_method == "REQUEST"
    assert needs_safety(claim_for(cast.codes["teacher"], claim.code))


def test_what_is_added_to_a_moment_is_told_to_who_comes_then(cast: Cast, workshop: StandingBrief) -> None:
    steps.approved(cast)
    other = steps.approved(cast, slot=steps.add_slot(cast, day=(NOW + timedelta(days=60)).date()))
    steps.send_everything()
    add_to_moment(cast, BriefFacts((GLASSES,)))
    assert [steps.tell() for _ in range(2)] == [1, 0]
    assert "Safety glasses" in steps.the_letter("claim_changed").text
    assert "M004" not in codes(other.slot.brief)
    add_to_moment(cast, BriefFacts())
    assert steps.tell() == 1
    assert audit.breaches(now=NOW) == []


def test_an_acknowledgement_is_in_the_journal_with_the_hash_of_what_was_read(
    cast: Cast, workshop: StandingBrief
) -> None:
    claim = steps.claim_seat(cast)
    (made,) = history("claim", claim.code)
    brief = steps.slot_with(cast.slot).brief
    assert made.details == {"brief_version": brief.version, "hash": versions(brief)[-1].hash}

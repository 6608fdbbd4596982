"""Facts to fill letters with: plain ones, and everything that people can type or paste to upset a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Any

from marketplace.claims.facts import ClaimFacts, Difference, Participant, Visit
from marketplace.claims.states import ClaimState
from marketplace.kernel import addresses
from marketplace.offers.facts import OfferFacts, SessionFacts, SlotFacts
from marketplace.offers.states import SlotState
from marketplace.outbox.facts import Receiver
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider

CODE, TOKEN = "7H2KQ9RM", "t0k3n-of-a-link"
SIGN_IN_CODE = "402917"
STARTS = datetime(2027, 2, 9, 7, 0, tzinfo=UTC)
MARKUP = '<script>alert("1")</script>\'"&amp; </title></td>\n{{ 7*7 }} {% raw %} %(name)s 100% %s'


@dataclass(frozen=True)
class Words:
    """What people typed, and what has to come through whole."""

    title: str
    host: str
    text: str
    name: str


PLAIN = Words(
    title="Lassen en zetten: van plaat tot product",
    host="Reestdal Metaalwerken",
    text="Ik wil weten hoe een zetbank wordt ingesteld,\nen wat een leerling daarvan moet kennen.",
    name="Marieke Otten",
)
HOSTILE = Words(
    title=f"Lassen & {MARKUP} {'zetten ' * 20}"[:120],
    host=f"'t Diep {MARKUP} {'kaas ' * 20}"[:120],
    text=(f"{MARKUP}\n" * 40)[:2990] + "<b>the end",
    name=f"Sander van 't Veld {MARKUP}"[:80],
)

BRIEF = BriefFacts(
    lines=(
        BriefLine("M008", provided_by=Provider.PARTICIPANT, note="S3, geen sneakers"),
        BriefLine("M010", provided_by=Provider.PARTICIPANT),
        BriefLine("M019", provided_by=Provider.HOST),
        BriefLine("M004", provided_by=Provider.HOST, is_required=False),
        BriefLine("M003", provided_by=Provider.SCHOOL),
        BriefLine("P008"),
        BriefLine("W014", note="Blijf op het groene looppad"),
    ),
    access=Access.B_VCA,
)


def offer(words: Words = PLAIN) -> OfferFacts:
    """An offer with all that it can say."""
    return OfferFacts(
        code="RS4T9KXW",
        state="published",
        format="docentstage",
        kind="exploratory",
        title=words.title,
        summary=words.text[:300],
        activity=words.text,
        learning=words.text,
        report_at="Gerda Nijboer, receptie hal 2",
        parking="Op het terrein, naast hal 2",
        meal="Lunch in de kantine",
        walk_in_minutes=15,
        clothing="Kleding die vuil mag worden",
        organisation=words.host,
        organisation_code="RSTD1234",
        website="https://reestdal.example",
        phone="(0522) 00 01 01",
        sector="metal",
        profiles=("PIE",),
        audiences=("vmbo_teacher",),
        brief=replace(BRIEF, notes=words.text),
    )


def sessions(count: int) -> tuple[SessionFacts, ...]:
    """This many days in a row, from 8 to 16 hours."""
    starts = [STARTS + timedelta(days=number) for number in range(count)]
    return tuple(SessionFacts(each, each + timedelta(hours=8)) for each in starts)


def visit(words: Words = PLAIN, days: int = 1) -> Visit:
    """A visit of one or more days."""
    slot = SlotFacts(
        code="SL0T4567",
        state=SlotState.OPEN,
        sessions=sessions(days),
        address="Smidsvonkweg 14, 7944 XY Meppel",
        town="Meppel",
        supervisor="Bas Leutscher",
        capacity=2,
        seats_taken=1,
        is_own_time=False,
        open_at=None,
        close_at=STARTS - timedelta(days=3),
    )
    return Visit(offer(words), slot)


def claim(words: Words = PLAIN, state: ClaimState = ClaimState.APPROVED, days: int = 1) -> ClaimFacts:
    """A claim on such a visit."""
    return ClaimFacts(
        code=CODE,
        state=state,
        made_at=datetime(2027, 1, 14, 10, 0, tzinfo=UTC),
        state_at=datetime(2027, 1, 15, 10, 0, tzinfo=UTC),
        learning_question=words.text,
        time_basis="school",
        cover="arranged",
        reason=words.text,
        participant=Participant(words.name, "teacher", "PIE", "Reestcollege Meppel"),
        visit=visit(words, days),
    )


def changes(words: Words = PLAIN) -> list[Difference]:
    """Something that changed, something new and something that fell away."""
    return [
        Difference("When", "Monday 8 February 2027, 8:00–16:00", "Tuesday 9 February 2027, 8:00–16:00"),
        Difference("Supervisor", "", words.name),
        Difference("Safety", words.text, ""),
    ]


FOR_CLAIM: Mapping[str, tuple[ClaimState, Mapping[str, Any]]] = {
    "claim_received": (ClaimState.PENDING, {}),
    "claim_approved": (ClaimState.APPROVED, {"has_invite": True, "coordinator": "Wim Haverkort", "more": 2}),
    "claim_rejected": (ClaimState.REJECTED, {"coordinator": "Wim Haverkort"}),
    "claim_withdrawn": (ClaimState.WITHDRAWN, {"has_invite": True}),
    "claim_cancelled": (ClaimState.CANCELLED, {"has_invite": True}),
    "claim_changed": (ClaimState.APPROVED, {"has_invite": True}),
    "claim_entry": (
        ClaimState.APPROVED,
        {"has_invite": True, "is_cancelled": False, "starts_at": STARTS + timedelta(days=7)},
    ),
    "claim_to_decide": (ClaimState.PENDING, {"link": addresses.decide(CODE)}),
    "participant_coming": (ClaimState.APPROVED, {"link": addresses.hosted_slot("SL0T4567")}),
    "participant_left": (ClaimState.WITHDRAWN, {"link": addresses.hosted_slot("SL0T4567")}),
}
FOR_OFFER: Mapping[str, str] = {
    "offer_submitted": addresses.check("RS4T9KXW"),
    "offer_published": addresses.offer("RS4T9KXW"),
    "offer_sent_back": addresses.hosted_offer("RS4T9KXW"),
}
ABOUT_A_VISIT = ("claim_received", "claim_approved", "claim_changed", "claim_entry")
"""Letters to somebody who is going to come, or may be."""
LETTERS = ("sign_in", "invitation", *FOR_CLAIM, *FOR_OFFER)


def facts(name: str, words: Words = PLAIN, language: str = "nl") -> dict[str, Any]:
    """What the letter `name` is filled from."""
    known: dict[str, Any] = {"receiver": Receiver(words.name, "m.otten@reestcollege.example", language)}
    if name in FOR_CLAIM:
        state, more = FOR_CLAIM[name]
        known |= {
            "claim": claim(words, state),
            "claim_link": addresses.claim(CODE),
            "withdraw_link": addresses.withdraw(CODE),
            "has_invite": False,
            **more,
        }
    if name in FOR_OFFER:
        known |= {"offer": offer(words), "host_region": "STO Reest & Vecht", "link": FOR_OFFER[name]}
    own: dict[str, dict[str, Any]] = {
        "claim_changed": {"changes": changes(words)},
        "offer_sent_back": {"reason": words.text},
        "sign_in": {
            "link": addresses.sign_in(TOKEN),
            "code": SIGN_IN_CODE,
            "expires_at": STARTS,
            "is_sign_up": False,
        },
        "invitation": {"role": "Coordinator", "place": words.host, "link": addresses.sign_in()},
    }
    return known | own.get(name, {})

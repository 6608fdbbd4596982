"""Facts to fill letters with: plain ones, and everything that people can type or paste to upset a letter."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from typing import Any

from marketplace.claims.facts import ClaimFacts, Difference, Participant, Visit
from marketplace.claims.states import ClaimState, Lapse, Payer
from marketplace.kernel import addresses
from marketplace.offers.facts import OfferFacts, SessionFacts, SlotFacts
from marketplace.offers.states import SlotState
from marketplace.outbox.facts import Receiver
from marketplace.questions.facts import AnswerFacts, QuestionFacts, QuestionText
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider

CODE, TOKEN = "7H2KQ9RM", "t0k3n-of-a-link"
SIGN_IN_CODE = "402917"
PARTY = "P4RTY234"
STARTS = datetime(2027, 2, 9, 7, 0, tzinfo=UTC)
OPENS = STARTS - timedelta(days=28)
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
LONG = Words(
    title="Zelfstandig werken aan gerobotiseerde lasinstallaties en hoogfrequent-kantbanken voor gevorderden",
    host="Metaalconstructie- en Machinebouwbedrijf Gebroeders Van der Zuiderwolde-Hoogeveensevaart B.V.",
    text="Hoe leg ik uit wat een öffnungswinkel is? 😀 Ñandú, ß, İ en ﬁ horen heel te blijven.",
    name="Mehmet-Ömer Yıldız-van Šćepanović Böðvarsdóttir",
)
"""Long, and in letters that not every keyboard has."""
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
        open_at=OPENS,
        close_at=STARTS - timedelta(days=3),
        brief=replace(BRIEF, notes=words.text),
    )
    return Visit(offer(words), slot)


ESRA = "Esra Demir-Çelik"
NAMELESS = Participant("Naam volgt", "", "", "Reestcollege Meppel", is_named=False)


def claim(
    words: Words = PLAIN, state: ClaimState = ClaimState.APPROVED, days: int = 1, **more: Any
) -> ClaimFacts:
    """A claim on such a visit; of somebody for themselves, if nothing `more` is said."""
    return replace(_claim(words, state, days), **more)


def for_a_colleague(words: Words = PLAIN, state: ClaimState = ClaimState.APPROVED) -> ClaimFacts:
    """A claim that somebody else made, who has not read the safety notes yet."""
    return claim(words, state, made_by=ESRA, has_read_safety=False)


def without_a_name(words: Words = PLAIN, state: ClaimState = ClaimState.APPROVED) -> ClaimFacts:
    """A claim for somebody whose name follows."""
    return claim(words, state, made_by=words.name, has_read_safety=False, participant=NAMELESS)


def _claim(words: Words, state: ClaimState, days: int) -> ClaimFacts:
    return ClaimFacts(
        code=CODE,
        state=state,
        version=3,
        lapsed_as=Lapse.UNDECIDED if state == ClaimState.LAPSED else "",
        answer_by=STARTS - timedelta(days=4) if state == ClaimState.OFFERED else None,
        made_at=datetime(2027, 1, 14, 10, 0, tzinfo=UTC),
        state_at=datetime(2027, 1, 15, 10, 0, tzinfo=UTC),
        learning_question=words.text,
        time_basis="school",
        cover="arranged",
        reason=words.text,
        paid_by=Payer.SCHOOL,
        certificate_by=STARTS - timedelta(days=5),
        participant=Participant(words.name, "teacher", "PIE", "Reestcollege Meppel"),
        made_by="",
        has_read_safety=True,
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
    "claim_received": (ClaimState.PENDING, {"decide_by": STARTS - timedelta(days=2)}),
    "claim_waitlisted": (
        ClaimState.WAITLISTED,
        {"place": 2, "seats": 3, "closes_at": STARTS - timedelta(hours=84)},
    ),
    "seat_offered": (ClaimState.OFFERED, {"seats": 1, "answer_link": addresses.party(PARTY)}),
    "seat_named": (ClaimState.PENDING, {}),
    "seat_to_name": (ClaimState.APPROVED, {"coordinator": "Wim Haverkort"}),
    "claim_approved": (ClaimState.APPROVED, {"has_invite": True, "coordinator": "Wim Haverkort", "more": 2}),
    "claim_rejected": (ClaimState.REJECTED, {"coordinator": "Wim Haverkort"}),
    "claim_withdrawn": (ClaimState.WITHDRAWN, {"has_invite": True, "had_seat": True}),
    "claim_lapsed": (ClaimState.LAPSED, {}),
    "claim_undecided": (ClaimState.LAPSED, {"link": addresses.decide(CODE, 3)}),
    "claim_undecided_host": (ClaimState.LAPSED, {"link": addresses.decide_as_host(CODE, 3)}),
    "claim_cancelled": (ClaimState.CANCELLED, {"has_invite": True}),
    "claim_changed": (ClaimState.APPROVED, {"has_invite": True}),
    "claim_clash": (ClaimState.APPROVED, {"link": addresses.decide(CODE), "clash": "Kijkje in de lakstraat"}),
    "claim_entry": (
        ClaimState.APPROVED,
        {
            "has_invite": True,
            "is_cancelled": False,
            "is_one_day": True,
            "starts_at": STARTS + timedelta(days=7),
        },
    ),
    "claim_to_decide": (
        ClaimState.PENDING,
        {"link": addresses.decide(CODE, 3), "decide_by": STARTS - timedelta(days=2)},
    ),
    "claim_to_decide_host": (
        ClaimState.PENDING,
        {"link": addresses.decide_as_host(CODE, 3), "decide_by": STARTS - timedelta(days=2)},
    ),
    "participant_coming": (ClaimState.APPROVED, {"link": addresses.hosted_slot("SL0T4567")}),
    "participant_left": (
        ClaimState.WITHDRAWN,
        {"link": addresses.hosted_slot("SL0T4567"), "is_host": True},
    ),
    "calendar_declined": (ClaimState.APPROVED, {"due_at": STARTS - timedelta(days=5)}),
    "partly_declined": (
        ClaimState.APPROVED,
        {"declined": (STARTS, STARTS + timedelta(days=1)), "link": addresses.hosted_slot("SL0T4567")},
    ),
    "answer_received": (
        ClaimState.APPROVED,
        {
            "link": addresses.decide(CODE),
            "sender": "m.otten@reestcollege.example",
            "proposed_at": STARTS + timedelta(days=7),
            "is_too_large": True,
        },
    ),
    "claim_conditional": (
        ClaimState.CONDITIONAL,
        {"coordinator": "Wim Haverkort", "has_entered": False},
    ),
    "certificate_reminder": (ClaimState.CONDITIONAL, {}),
    "certificate_to_look_up": (
        ClaimState.CONDITIONAL,
        {
            "link": addresses.decide(CODE),
            "kind": "B-VCA",
            "number": "0417-2231",
            "valid_until": date(2029, 5, 12),
        },
    ),
    "claim_uncertified": (ClaimState.LAPSED, {"link": addresses.decide(CODE)}),
    "reminder": (ClaimState.APPROVED, {"days": 1}),
    "safety_unread": (ClaimState.APPROVED, {"has_read_before": True}),
    "visit_thanks": (ClaimState.APPROVED, {}),
}
FOR_OFFER: Mapping[str, str] = {
    "offer_submitted": addresses.check("RS4T9KXW"),
    "offer_published": addresses.offer("RS4T9KXW"),
    "offer_sent_back": addresses.hosted_offer("RS4T9KXW"),
}
FOR_QUESTION: Mapping[str, Mapping[str, Any]] = {
    "question_answered": {"link": addresses.offer("RS4T9KXW"), "more": 2},
    "question_interest": {"link": addresses.question("QST24567")},
    "question_lapsed": {"link": addresses.new_question(), "answers": 0},
    "question_removed": {"link": addresses.question("QST24567")},
}
ABOUT_A_VISIT = ("claim_received", "claim_approved", "claim_changed", "claim_entry", "seat_named", "reminder")
"""Letters to somebody who is going to come, or may be."""
TO_HOST_BEFORE_YES = ("claim_to_decide_host", "claim_undecided_host")
"""Letters to a host about somebody whose name is not theirs to know yet."""
LETTERS = (
    "sign_in",
    "invitation",
    "attendance_request",
    "safety_unread_host",
    "digest",
    "announcement",
    "saved_search",
    "certificate_expiring",
    *FOR_CLAIM,
    *FOR_OFFER,
    *FOR_QUESTION,
)


def question(words: Words = PLAIN) -> QuestionFacts:
    """A question of a school."""
    asked = QuestionText(
        title=words.title[:100],
        text=words.text[:2000],
        people=3,
        from_on=date(2027, 2, 1),
        until_on=date(2027, 4, 30),
        town="Meppel",
    )
    return QuestionFacts(
        code="QST24567",
        state="open",
        state_at=STARTS,
        reason=words.text,
        language="nl",
        organisation="Reestcollege Meppel",
        organisation_code="SCH24567",
        of="school",
        region="STO Reest & Vecht",
        whole_region_id=1,
        asked_at=datetime(2027, 1, 14, 10, 0, tzinfo=UTC),
        asked=asked,
    )


def interest(words: Words = PLAIN) -> AnswerFacts:
    """A word of interest to a company that asked something."""
    return AnswerFacts(
        organisation="Reestcollege Meppel",
        organisation_code="SCH24567",
        offer="",
        offer_title="",
        name=words.name,
        email="m.otten@reestcollege.example",
        message=words.text[:1000],
    )


def facts(name: str, words: Words = PLAIN, language: str = "nl") -> dict[str, Any]:
    """What the letter `name` is filled from."""
    known: dict[str, Any] = {"receiver": Receiver(words.name, "m.otten@reestcollege.example", language)}
    if name in FOR_CLAIM:
        state, more = FOR_CLAIM[name]
        known |= {
            "claim": claim(words, state),
            "claim_link": addresses.claim(CODE),
            "withdraw_link": addresses.withdraw(CODE),
            "party_link": addresses.party(PARTY),
            "name_by": STARTS - timedelta(days=7),
            "has_invite": False,
            **more,
        }
    if name in FOR_OFFER:
        known |= {"offer": offer(words), "host_region": "STO Reest & Vecht", "link": FOR_OFFER[name]}
    if name in FOR_QUESTION:
        known |= {"question": question(words), **FOR_QUESTION[name]}
    own: dict[str, dict[str, Any]] = {
        "question_answered": {
            "offer": offer(words),
            "moments": [visit(words).slot, visit(words, days=3).slot],
        },
        "question_interest": {"answer": interest(words)},
        "seat_named": {"claim": for_a_colleague(words, ClaimState.PENDING)},
        "seat_to_name": {"claim": without_a_name(words)},
        "attendance_request": {
            "visit": visit(words),
            "participants": 2,
            "link": addresses.hosted_slot("SL0T4567"),
        },
        "safety_unread_host": {
            "visit": visit(words),
            "participants": 2,
            "link": addresses.hosted_slot("SL0T4567"),
        },
        "digest": {
            "waiting": [
                (claim(words, ClaimState.PENDING), addresses.decide(CODE, 3)),
                (without_a_name(words, ClaimState.PENDING), addresses.decide(PARTY, 1)),
            ],
            "number": 5,
            "oldest": datetime(2027, 1, 14, 10, 0, tzinfo=UTC),
        },
        "announcement": {
            "moments": [visit(words), visit(words, days=3)],
            "more": 2,
            "now": OPENS - timedelta(days=14),
            "unsubscribe": addresses.front() + "stop",
        },
        "saved_search": {
            "name": words.title[:100],
            "moments": [visit(words), visit(words, days=3)],
            "more": 2,
            "link": addresses.search("q=lassen&profile=PIE"),
            "searches_link": addresses.saved_searches(),
            "now": OPENS - timedelta(days=14),
            "unsubscribe": addresses.front() + "stop",
        },
        "certificate_expiring": {
            "kind": "B-VCA",
            "valid_until": date(2027, 3, 12),
            "link": addresses.certificates(),
            "unsubscribe": addresses.front() + "stop",
        },
        "claim_changed": {"changes": changes(words), "is_to_confirm": True},
        "offer_sent_back": {"reason": words.text},
        "answer_received": {"sentence": f"{words.name} antwoordde.", "text": words.text},
        "sign_in": {
            "link": addresses.sign_in(TOKEN),
            "code": SIGN_IN_CODE,
            "expires_at": STARTS,
            "is_sign_up": False,
        },
        "invitation": {"role": "Coordinator", "place": words.host, "link": addresses.sign_in()},
    }
    return known | own.get(name, {})

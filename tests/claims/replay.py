"""The journal read once more from the beginning: was the queue kept, and did everybody hear of everything once?"""

from collections import Counter
from collections.abc import Iterator, Mapping

from sqlalchemy import select

from marketplace.claims.models import Claim
from marketplace.claims.states import HOLDING, ClaimState
from marketplace.kernel.database import session
from marketplace.kernel.journal import JournalEntry
from marketplace.outbox.models import Letter

STATES = {str(each) for each in ClaimState}
TOLD = {
    ClaimState.WAITLISTED: "claim_waitlisted",
    ClaimState.CONDITIONAL: "claim_conditional",
    ClaimState.APPROVED: "claim_approved",
    ClaimState.REJECTED: "claim_rejected",
    ClaimState.WITHDRAWN: "claim_withdrawn",
    ClaimState.LAPSED: "claim_lapsed",
    ClaimState.CANCELLED: "claim_cancelled",
}
"""The letter that a participant gets when their claim comes into a state."""

COMING = ("claim_approved", "participant_coming")
NAMED: dict[str, tuple[str, ...]] = {
    ClaimState.APPROVED: COMING,
    ClaimState.CONDITIONAL: ("claim_conditional",),
}
"""What is written to and about somebody who is named for a seat that was approved."""
COUNTED = {*TOLD.values(), "participant_coming", "participant_left"}


def breaches(*, capacities: Mapping[str, int]) -> list[str]:
    """What is wrong in the order of the queue and in the number of letters; `capacities` are the first ones by slot."""
    claims = {each.code: each for each in session.scalars(select(Claim).order_by(Claim.id))}
    events = list(session.scalars(select(JournalEntry).order_by(JournalEntry.id)))
    return [*_Queue(claims, capacities).watch(events), *_letters(claims, events)]


class _Queue:
    """The seats and the waiting list of each moment, as they were at each event."""

    def __init__(self, claims: Mapping[str, Claim], capacities: Mapping[str, int]) -> None:
        self.claims, self.capacities = claims, dict(capacities)
        self.states: dict[str, str] = {}

    def watch(self, events: list[JournalEntry]) -> Iterator[str]:
        """Each party that was offered seats while one before it would have fitted, or that were not free."""
        offering = ""
        for each in events:
            if each.subject_kind == "slot" and each.event == "capacity":
                self.capacities[each.subject] = each.details["capacity"]
            if each.subject_kind != "claim" or each.event not in STATES:
                continue
            claim = self.claims[each.subject]
            if each.event == ClaimState.OFFERED and claim.party != offering:
                yield from self._passed_over(claim)
            offering = claim.party if each.event == ClaimState.OFFERED else ""
            self.states[each.subject] = each.event

    def _passed_over(self, offered: Claim) -> Iterator[str]:
        """The waiting parties before this one that would have fitted now."""
        slot = offered.slot
        here = [claim for claim in self.claims.values() if claim.slot is slot and claim.code in self.states]
        free = self.capacities[slot.code] - sum(self.states[claim.code] in HOLDING for claim in here)
        waiting = [claim for claim in here if self.states[claim.code] == ClaimState.WAITLISTED]
        needs = Counter(claim.party for claim in waiting)
        for party in needs:  # in the order of making
            if party == offered.party:
                break
            if needs[party] <= free:
                yield f"party {party} needs {needs[party]} of {free} and was passed over for {offered.party}"
        if needs[offered.party] > free:
            yield f"party {offered.party} needs {needs[offered.party]} seats and was offered {free}"


def _letters(claims: Mapping[str, Claim], events: list[JournalEntry]) -> Iterator[str]:
    """Each letter about a move of a named claim that was not written exactly once."""
    written = Counter((each.name, each.about.get("claim", "")) for each in session.scalars(select(Letter)))
    stories: dict[str, list[str]] = {code: [] for code, claim in claims.items() if claim.person}
    for each in events:
        if each.subject in stories and (each.event in STATES or each.event == "named"):
            stories[each.subject].append(each.event)
    for code, story in stories.items():
        expected = _expected(story, claims[code])
        for name in COUNTED - ({"claim_waitlisted"} if "named" in story else set()):
            if written[name, code] != expected[name]:
                yield f"{name} of claim {code}: {written[name, code]} letters, not {expected[name]}, in {story}"


def _expected(story: list[str], claim: Claim) -> Counter[str]:
    """The letters about a claim since it has a name; those of before went to its maker, one for a party."""
    last, found = "", Counter[str]()
    for event in story:
        if event == "named":
            found = Counter(NAMED[last]) if last in NAMED else Counter()
            continue
        if event in TOLD:
            found[TOLD[ClaimState(event)]] += 1
        found["participant_coming"] += event == ClaimState.APPROVED
        if (last, event) == (ClaimState.APPROVED, ClaimState.WITHDRAWN):
            found["participant_left"] += _counting_on(claim)
        last = event
    return found


def _counting_on(claim: Claim) -> int:
    """The host's contact, and the coordinators of the school's region: two of the cast's, one elsewhere."""
    return 3 if claim.school.region is claim.slot.offer.organisation.region else 2

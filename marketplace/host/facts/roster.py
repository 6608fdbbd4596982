"""Who comes to a moment, and what to put ready for them."""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from marketplace.claims.facts import Participant, participant
from marketplace.claims.models import Claim
from marketplace.claims.rules import is_certified, lacks_certificate
from marketplace.claims.states import ClaimState
from marketplace.host.facts.attending import gate_of
from marketplace.kernel.texts import gettext, in_language
from marketplace.offers.models import Slot
from marketplace.people.models import Person
from marketplace.replies.facts import Standing
from marketplace.safety.catalogue import catalogue, sizes
from marketplace.safety.facts import BriefFacts, Item, SaidLine
from marketplace.safety.rules import is_certificate, lent_sizes, safety_text


class Proof(StrEnum):
    """Where the certificate stands that the gate asks for. The host learns no more of it."""

    NOT_NEEDED = ""
    SEEN = "seen"
    SAID = "said"
    MISSING = "missing"


@dataclass(frozen=True, slots=True)
class Comer:
    """Somebody who comes, as the roster shows them."""

    code: str
    who: Participant
    sizes: list[str]
    diet: str
    learning_question: str
    has_read_safety: bool
    """Whether they said that they read the safety notes as they are now."""
    read_at: datetime | None
    """When they read them, as they are now or as they were; None if they never did."""
    proof: Proof
    has_come: bool | None
    """Whether they came to today's session; None as long as nobody noted it."""
    standing: Standing
    """What they answered in their calendar."""


@dataclass(frozen=True, slots=True)
class Roster:
    """Who comes, and how many more may."""

    comers: list[Comer]
    to_name: list[tuple[str, int]]
    """Seats of which the school names the participant later: the school and how many, …"""
    offered: int
    """… and those that are offered to who waited, …"""
    answer_by: datetime | None
    """… who have until then at the latest."""
    waitlisted: int
    conditional: int
    """Seats of people who are approved on condition: a certificate is still to come."""
    gate: int | None
    """The number of today's session for which people are checked in now, if any."""

    @property
    def present(self) -> int:
        """How many were checked in for today's session."""
        return sum(each.has_come is True for each in self.comers)

    @property
    def coming(self) -> int:
        """How many seats are somebody's, named or not."""
        return len(self.comers) + sum(count for _, count in self.to_name)

    @property
    def unread(self) -> int:
        """How many have not read the safety notes as they are now."""
        return sum(not each.has_read_safety for each in self.comers)


def roster_of(
    slot: Slot,
    claims: Sequence[Claim],
    waitlisted: int,
    standings: Mapping[int, Standing],
    noted: Mapping[tuple[int, int], bool],
    now: datetime,
) -> Roster:
    """The claims that hold a seat in a slot as a roster.

    `standings` are the answers in calendars, by row id of the claim; `noted` is who came, by claim and session.
    """
    gate = gate_of(slot, now)
    today = slot.sessions[gate - 1].id if gate else 0
    approved = [each for each in claims if each.state == ClaimState.APPROVED]
    unnamed = Counter(each.school.name for each in approved if each.person is None)
    offered = [each for each in claims if each.state == ClaimState.OFFERED]
    return Roster(
        comers=[
            _comer(each, each.person, slot, standings[each.id], noted.get((each.id, today)))
            for each in approved
            if each.person
        ],
        to_name=sorted(unnamed.items()),
        offered=len(offered),
        answer_by=max((each.answer_by for each in offered if each.answer_by), default=None),
        waitlisted=waitlisted,
        conditional=sum(each.state == ClaimState.CONDITIONAL for each in claims),
        gate=gate,
    )


def _comer(claim: Claim, person: Person, slot: Slot, standing: Standing, has_come: bool | None) -> Comer:
    return Comer(
        code=claim.code,
        who=participant(claim),
        sizes=sizes_of(claim),
        diet=claim.diet,
        learning_question=claim.learning_question,
        has_read_safety=claim.brief_version == slot.brief.version,
        read_at=claim.brief_read_at if claim.brief_version else None,
        proof=_proof(person, slot),
        has_come=has_come,
        standing=standing,
    )


def _proof(person: Person, slot: Slot) -> Proof:
    if not is_certificate(slot.brief.facts.access):
        return Proof.NOT_NEEDED
    if is_certified(person, slot):
        return Proof.SEEN
    return Proof.MISSING if lacks_certificate(person, slot) else Proof.SAID


@dataclass(frozen=True, slots=True)
class Packed:
    """So many of one thing, in one size, to put ready."""

    count: int
    name: str
    pictogram: str
    size: str


def packing(brief: BriefFacts, coming: Sequence[Claim]) -> list[Packed]:
    """What the host puts ready for those who come, counted by size."""
    lent = dict(lent_sizes(brief))
    lines = safety_text(brief).provided
    return [packed for line in lines for packed in _packed(line, lent.get(line.code, ""), coming)]


def _packed(line: SaidLine, kind: str, coming: Sequence[Claim]) -> Iterable[Packed]:
    item = catalogue()[line.code]
    counted = Counter(claim.sizes.get(line.code, "") for claim in coming) if kind else {"": len(coming)}
    for size, count in sorted(counted.items(), key=lambda pair: _place(kind, pair[0])):
        if count:
            words = size_in_words(item, size) or (gettext("size not known") if kind else "")
            yield Packed(count, line.name, line.pictogram, words)


def _place(kind: str, size: str) -> int:
    return [code for code, _ in sizes(kind)].index(size) if size in dict(sizes(kind)) else -1


def size_in_words(item: Item, size: str) -> str:
    """Size 43; where the size is a word ("Wears glasses"), that word."""
    label = in_language(dict(sizes(item.size))[size]) if size in dict(sizes(item.size)) else ""
    return gettext("size %(size)s", size=label) if label == size and size else label


def sizes_of(claim: Claim) -> list[str]:
    """The sizes that a participant gave: what and which."""
    known = [(catalogue()[code], size) for code, size in claim.sizes.items() if code in catalogue()]
    return [f"{in_language(item.name)}: {size_in_words(item, size)}" for item, size in known]

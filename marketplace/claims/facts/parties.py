"""Claims that somebody made together, as the lists of who made them show them."""

from collections.abc import Sequence
from dataclasses import dataclass

from marketplace.claims.facts.claims import ClaimFacts, claim_facts
from marketplace.claims.facts.visits import Visit
from marketplace.claims.models import Claim
from marketplace.claims.states import LIVING


@dataclass(frozen=True, slots=True)
class PartyFacts:
    """The claims that were made together, in the order of making."""

    code: str
    seats: tuple[ClaimFacts, ...]

    @property
    def visit(self) -> Visit:
        """Where they go together."""
        return self.seats[0].visit

    @property
    def living(self) -> tuple[ClaimFacts, ...]:
        """Those of which something may still come."""
        return tuple(each for each in self.seats if each.state in LIVING)

    @property
    def unnamed(self) -> int:
        """For how many of those somebody is still to be named."""
        return sum(not each.participant.is_named for each in self.living)


def party_facts(party: Sequence[Claim]) -> PartyFacts:
    """The claims of a party as facts."""
    return PartyFacts(party[0].party, tuple(map(claim_facts, sorted(party, key=lambda each: each.id))))


def parties_in(claims: Sequence[Claim], maker: str) -> list[PartyFacts]:
    """What somebody made among these claims for others, or with others, as far as anything may still come of it."""
    made: dict[str, list[Claim]] = {}
    for each in claims:
        if each.made_by.code == maker:
            made.setdefault(each.party, []).append(each)
    parties = [
        party_facts(party)
        for party in made.values()
        if len(party) > 1 or party[0].person is not party[0].made_by
    ]
    return [each for each in parties if each.living]

"""Safety sheets and posters: what a visit says, as it is printed and enclosed with letters."""

from collections.abc import Iterable

from marketplace.claims.facts import Visit, visit_to
from marketplace.claims.models import Claim
from marketplace.documents.facts import Sheet, SheetLine
from marketplace.documents.rendering import digest
from marketplace.documents.sheets import SHEETS, sheets_data
from marketplace.kernel import addresses
from marketplace.kernel.texts import gettext, speaking
from marketplace.offers.models import Slot
from marketplace.outbox.facts import Enclosure
from marketplace.safety.facts import SaidLine


def sheet_of(slot: Slot) -> Sheet:
    """The sheet of a moment, for anybody, in the language in force; its code leads to the offer."""
    visit = visit_to(slot)
    return sheet_about(visit, addresses.offer(visit.offer.code))


def sheet_for(claim: Claim) -> Sheet:
    """The sheet of a participant, in the language in force; its code leads to the claim."""
    return sheet_about(
        visit_to(claim.slot), addresses.claim(claim.code), claim.person.name if claim.person else ""
    )


def enclosed(claim: Claim) -> Enclosure:
    """The sheet of a participant, in their language, to go along with a letter."""
    with speaking(claim.receiver.language):
        data, name = sheets_data([sheet_for(claim)]), gettext("safety-sheet.pdf")
    return Enclosure(name, SHEETS, data, digest(SHEETS, data))


def sheet_about(visit: Visit, link: str, participant: str = "") -> Sheet:
    """The sheet of a visit, in the language in force; its code leads to `link`."""
    safety, offer, slot = visit.safety, visit.offer, visit.slot
    return Sheet(
        title=offer.title,
        host=offer.organisation,
        days=visit.days,
        hours=visit.hours,
        access=safety.access,
        link=link,
        address=slot.address,
        report_at=offer.report_at,
        supervisor=slot.supervisor,
        phone=offer.phone,
        emergency=slot.emergency,
        assembly_point=slot.assembly_point,
        participant=participant,
        bring=_lines(safety.bring),
        provided=_lines(safety.provided),
        from_school=_lines(safety.from_school),
        mind=_lines(safety.mind),
        nothing_particular=safety.nothing_particular,
        notes=safety.notes,
        health=safety.health,
    )


def _lines(said: Iterable[SaidLine]) -> tuple[SheetLine, ...]:
    return tuple(
        SheetLine(each.code, each.name, each.detail, each.pictogram, each.is_required) for each in said
    )

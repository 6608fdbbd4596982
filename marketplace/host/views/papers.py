"""What a host prints for a moment: the safety sheet, one for each participant, and the poster for the gate."""

from typing import Any

from flask.typing import ResponseReturnValue

from marketplace.claims.queries import coming
from marketplace.claims.sheets import sheet_for, sheet_of
from marketplace.documents.rendering import digest, render
from marketplace.documents.sheets import POSTER, SHEETS, poster_data, sheets_data
from marketplace.host.views.room import blueprint, ours
from marketplace.kernel.clock import now
from marketplace.offers.queries import slot_for_host
from marketplace.web.documents import asked_language, pdf_answer
from marketplace.web.guards import for_roles


@blueprint.get("/host/slots/<code>/sheet.pdf")
@for_roles("host_contact")
def sheet(code: str) -> ResponseReturnValue:
    """The safety sheet of a moment, for anybody."""
    found = slot_for_host(code, ours())
    with asked_language():
        return _printed(SHEETS, sheets_data([sheet_of(found)]), f"sheet-{found.code}.pdf")


@blueprint.get("/host/slots/<code>/sheets.pdf")
@for_roles("host_contact")
def sheets(code: str) -> ResponseReturnValue:
    """A safety sheet for each participant, in one document; that of the moment as long as nobody comes."""
    found = slot_for_host(code, ours())
    with asked_language():
        each = [sheet_for(claim) for claim in coming(found.id)] or [sheet_of(found)]
        return _printed(SHEETS, sheets_data(each), f"sheets-{found.code}.pdf")


@blueprint.get("/host/slots/<code>/poster.pdf")
@for_roles("host_contact")
def poster(code: str) -> ResponseReturnValue:
    """What holds at the gate, in large."""
    found = slot_for_host(code, ours())
    with asked_language():
        return _printed(POSTER, poster_data(sheet_of(found)), f"poster-{found.code}.pdf")


def _printed(template: str, data: dict[str, Any], filename: str) -> ResponseReturnValue:
    return pdf_answer(
        digest=digest(template, data),
        body=lambda: render(template, data, made_at=now()),
        filename=filename,
    )

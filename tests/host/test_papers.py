"""What a host prints: safety sheets and the poster for the gate, in both languages, made only when they changed."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import Visit
from tests.documents.sheets import assert_in_order, pages
from tests.steps import approved, change_slot, claim_seat

PAPERS = ("sheet", "sheets", "poster")


def address(cast: Cast, paper: str) -> str:
    return f"/host/slots/{cast.slot}/{paper}.pdf"


def test_a_moment_has_a_sheet_for_anybody(cast: Cast, client_of: Visit) -> None:
    answer = client_of("host").get(address(cast, "sheet"))
    assert answer.mimetype == "application/pdf"
    assert answer.headers["Content-Disposition"] == f'inline; filename="sheet-{cast.slot}.pdf"'
    (page,) = pages(answer.data)
    assert_in_order(page, "Safety sheet", "Lassen en zetten", "Bring yourself", "Safety shoes", "Mind")
    assert "This sheet is for" not in page


def test_all_participants_have_a_sheet_in_one_document(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    assert len(pages(host.get(address(cast, "sheets")).data)) == 1  # nobody's yet
    with app.app_context():
        approved(cast)
        approved(cast, "colleague")
    first, second = pages(host.get(address(cast, "sheets")).data)
    assert "This sheet is for Jeroen Slomp" in first
    assert "This sheet is for Marieke Otten" in second


def test_whose_claim_waits_is_not_named_on_paper(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        claim_seat(cast)
    for paper in PAPERS:
        assert "Marieke" not in "".join(pages(client_of("host").get(address(cast, paper)).data))


def test_the_poster_shows_what_holds_and_says_that_it_is_no_sign(cast: Cast, client_of: Visit) -> None:
    (page,) = pages(client_of("host").get(address(cast, "poster")).data)
    assert_in_order(page, "this holds at the gate", "Safety shoes M008", "M019", "P008", "not a safety sign")


@pytest.mark.parametrize("paper", PAPERS)
def test_a_paper_is_in_the_language_that_is_asked_for(cast: Cast, client_of: Visit, paper: str) -> None:
    host = client_of("host")
    dutch, english = (
        pages(host.get(address(cast, paper) + asked).data)[0] for asked in ("?language=nl", "?language=xx")
    )
    assert "Veiligheidsschoenen" in dutch
    assert "Safety shoes" in english


@pytest.mark.parametrize("paper", PAPERS)
def test_who_has_a_paper_is_not_sent_it_again_until_it_changes(
    app: Flask, cast: Cast, client_of: Visit, paper: str
) -> None:
    host = client_of("host")
    first = host.get(address(cast, paper))
    known = {"If-None-Match": first.headers["ETag"]}
    again = host.get(address(cast, paper), headers=known)
    assert (again.status_code, again.data) == (304, b"")
    assert again.headers["ETag"] == first.headers["ETag"]
    with app.app_context():
        change_slot(cast, site=cast.site, supervisor="Bas Leutscher")
    assert host.get(address(cast, paper), headers=known).status_code == 200


@pytest.mark.parametrize("paper", PAPERS)
@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 303), ("teacher", 403), ("coordinator", 403), ("outside host", 404)]
)
def test_nobody_else_prints_it(cast: Cast, client_of: Visit, paper: str, who: str, status: int) -> None:
    assert client_of(who).get(address(cast, paper)).status_code == status

"""The safety sheet of one's own claim."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import Visit
from tests.documents.sheets import pages
from tests.steps import approved, claim_seat, wait, withdraw


def test_a_participant_prints_their_own_sheet(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        code = approved(cast).code
    teacher, link = client_of("teacher"), f"/claims/{code}/sheet.pdf"
    assert f'href="{link}"' in teacher.get(f"/claims/{code}").text
    answer = teacher.get(link)
    assert answer.mimetype == "application/pdf"
    assert "This sheet is for Marieke Otten" in pages(answer.data)[0]
    assert teacher.get(link, headers={"If-None-Match": answer.headers["ETag"]}).status_code == 304
    assert "Veiligheidsschoenen" in pages(teacher.get(f"{link}?language=nl").data)[0]


def test_who_has_no_seat_has_no_sheet(app: Flask, cast: Cast, client_of: Visit) -> None:
    with app.app_context():
        gone = approved(cast)
        withdraw(gone)
        for who in ("colleague", "newcomer"):
            claim_seat(cast, who)
        waits = wait(cast, "teacher").code
        codes = [gone.code, waits]
    teacher = client_of("teacher")
    for code in codes:
        assert "sheet.pdf" not in teacher.get(f"/claims/{code}").text
        assert teacher.get(f"/claims/{code}/sheet.pdf").status_code == 404


@pytest.mark.parametrize(
    ("who", "status"), [("nobody", 303), ("colleague", 404), ("outsider", 404), ("host", 403)]
)
def test_nobody_else_prints_it(app: Flask, cast: Cast, client_of: Visit, who: str, status: int) -> None:
    with app.app_context():
        code = approved(cast).code
    assert client_of(who).get(f"/claims/{code}/sheet.pdf").status_code == status

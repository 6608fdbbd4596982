"""Gate instructions of a company's own: PDFs that only show something, kept for all who have the address."""

from io import BytesIO

import pytest
from flask import Flask
from werkzeug.test import TestResponse

from marketplace.documents.checking import LARGEST_PDF
from marketplace.kernel.database import session
from marketplace.organisations.models import Instruction
from tests.cast import Cast
from tests.conftest import Visit
from tests.host.pdfs import pdf
from tests.pages import form_of, post


def send(client_of: Visit, cast: Cast, octets: bytes, who: str = "host") -> TestResponse:
    browser = client_of(who)
    page = browser.get("/host/safety")
    target = f"/host/organisations/{cast.company}/instructions"
    token = form_of(page.text, target)["csrf_token"] if target in page.text else ""
    file = (BytesIO(octets), "Poortinstructie hal 2.pdf")
    return browser.post(target, data={"csrf_token": token, "file": file}, content_type="multipart/form-data")


def kept(app: Flask) -> list[Instruction]:
    with app.app_context():
        return list(session.query(Instruction))


def test_a_pdf_is_kept_once_and_whoever_has_its_address_reads_it(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    octets = pdf()
    assert [send(client_of, cast, octets).status_code for _ in range(2)] == [303, 303]
    (one,) = kept(app)
    address = f"/instructions/{one.code}.pdf"
    page = client_of("host").get("/host/safety").text
    assert "Poortinstructie hal 2.pdf" in page
    assert address in page
    answer = app.test_client().get(address)
    assert (answer.mimetype, answer.data) == ("application/pdf", octets)
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    again = app.test_client().get(address, headers={"If-None-Match": answer.headers["ETag"]})
    assert again.status_code == 304


def test_its_address_is_told_as_what_to_do_before_one_comes(app: Flask, cast: Cast, client_of: Visit) -> None:
    send(client_of, cast, pdf())
    (one,) = kept(app)
    url = f"/host/offers/{cast.offer}/safety"
    assert f"/instructions/{one.code}.pdf" in client_of("host").get(url).text
    address = f"https://meeloop.example/instructions/{one.code}.pdf"
    assert post(client_of("host"), url, instruction=address).status_code == 303
    assert address in app.test_client().get(f"/offers/{cast.offer}").text


@pytest.mark.parametrize(
    ("octets", "why"),
    [
        (b"", "not a PDF"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'><script>alert(1)</script></svg>", "not a PDF"),
        (b"\x89PNG\r\n\x1a\n" + b"\x00" * 500, "not a PDF"),
        (b"%PDF-1.7\n" + b"\x00" * 5000, "not a PDF"),
        (pdf()[:300], "not a PDF"),
        (pdf(script="app.alert(1)"), "a script or another file"),
        (pdf(attached=b"MZ"), "a script or another file"),
        (pdf(password="geheim"), "a password"),
        (b"%PDF-1.7\n" + b"x" * LARGEST_PDF, "too large"),
    ],
    ids=["nothing", "svg", "picture", "noise", "half", "script", "file in it", "locked", "too large"],
)
def test_what_is_no_pdf_or_does_more_than_show_is_refused(
    app: Flask, cast: Cast, client_of: Visit, octets: bytes, why: str
) -> None:
    answer = send(client_of, cast, octets)
    assert answer.status_code == 422
    assert why in answer.text
    assert kept(app) == []


def test_fifty_megabytes_are_not_even_read(app: Flask, cast: Cast, client_of: Visit) -> None:
    assert send(client_of, cast, b"%PDF-1.7\n" + bytes(50_000_000)).status_code == 413
    assert kept(app) == []


@pytest.mark.parametrize("who", ["outside host", "teacher", "coordinator"])
def test_nobody_else_adds_one(app: Flask, cast: Cast, client_of: Visit, who: str) -> None:
    assert send(client_of, cast, pdf(), who).status_code in (400, 403, 404)
    assert kept(app) == []

"""Pages of explanation, and what machines ask."""

import pytest
from flask import Flask


@pytest.mark.parametrize("address", ["/how-it-works", "/privacy", "/accessibility"])
def test_the_pages_of_explanation_are_there_and_linked(app: Flask, address: str) -> None:
    client = app.test_client()
    answer = client.get(address)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers
    assert f'href="{address}"' in client.get("/").text


@pytest.mark.parametrize("address", ["/healthz", "/readyz", "/robots.txt"])
def test_machines_get_plain_text_and_no_cookie(app: Flask, address: str) -> None:
    answer = app.test_client().get(address)
    assert answer.status_code == 200
    assert answer.mimetype == "text/plain"
    assert "Set-Cookie" not in answer.headers
    assert "Cookie" not in answer.vary


def test_an_empty_marketplace_leads_on(app: Flask) -> None:
    assert "/offers.ics" in app.test_client().get("/").text

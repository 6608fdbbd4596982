"""The company's own instruction: the host gives its address, and participants find it as a link."""

import pytest
from flask import Flask

from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import form_of, post
from tests.steps import offer_of

PAGE = "https://www.reestdal.example/poort?a=1&b=2"


def test_it_is_kept_and_everybody_finds_the_link(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    assert post(host, url, instruction=f" {PAGE} ").status_code == 303
    assert form_of(host.get(url).text)["instruction"] == PAGE
    page = client_of("nobody").get(f"/offers/{cast.offer}").text
    assert 'href="https://www.reestdal.example/poort?a=1&amp;b=2"' in page
    with app.app_context():
        assert offer_of(cast).brief.facts.instruction == PAGE


@pytest.mark.parametrize("address", ["javascript:alert(1)", "poort.html", "https://x.nl/" + "a" * 200])
def test_what_is_no_address_is_refused_and_nothing_is_lost(
    app: Flask, cast: Cast, client_of: Visit, address: str
) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    answer = post(host, url, instruction=address)
    assert answer.status_code == 422
    assert form_of(answer.text)["instruction"] == address
    with app.app_context():
        assert offer_of(cast).brief.facts.instruction == ""

"""Sizes: kept with the person if they want, filled in the next time, removed on request, and gone two weeks after."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

from flask import Flask

from marketplace.claims import actions as claims
from marketplace.kernel.journal import history
from tests.cast import BRIEF, SHOES, Cast, person, slot_of
from tests.claims.changes import change_brief
from tests.conftest import Visit
from tests.pages import form_of, has_form, post
from tests.steps import claim_seat, claim_together, claim_with, withdraw
from tests.teacher.parties import OWN

PLANS: dict[str, Any] = {"learning_question": "Hoe?", "time_basis": "school", "cover": "arranged", **OWN}


def kept(app: Flask, cast: Cast, who: str = "teacher") -> dict[str, str]:
    with app.app_context():
        return person(cast, who).sizes


def test_sizes_are_kept_only_for_who_wants_that(app: Flask, cast: Cast, client_of: Visit) -> None:
    url, wish = f"/slots/{cast.slot}/claim", {**PLANS, "keeps_sizes": "y"}
    assert post(client_of("teacher"), url, "/claim", **PLANS).status_code == 303
    assert post(client_of("colleague"), url, "/claim", **wish).status_code == 303
    assert kept(app, cast) == {}
    assert kept(app, cast, "colleague") == {"glove": "9"}
    with app.app_context():
        (said,) = [each for each in history("person", cast.codes["colleague"]) if each.event == "sizes_kept"]
        assert said.details == {}


def test_kept_sizes_are_filled_in_the_next_time(app: Flask, cast: Cast, client_of: Visit) -> None:
    teacher, url = client_of("teacher"), f"/slots/{cast.slot}/claim"
    assert form_of(teacher.get(url).text, "/claim")["size_M009"] == ""
    with app.app_context():
        withdraw(claim_seat(cast, sizes={"M009": "11"}, keeps_sizes=True))
    form = form_of(teacher.get(url).text, "/claim")
    assert (form["size_M009"], form["keeps_sizes"]) == ("11", "y")


def test_who_confirms_the_notes_later_keeps_their_sizes_then(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    with app.app_context():
        (made,) = claim_together(cast, "colleague")
        code = made.code
    answer = post(client_of("colleague"), f"/claims/{code}", "/safety", **OWN, keeps_sizes="y")
    assert answer.status_code == 303
    assert kept(app, cast, "colleague") == {"glove": "9"}


def test_sizes_are_removed_on_request(app: Flask, cast: Cast, client_of: Visit) -> None:
    teacher = client_of("teacher")
    assert not has_form(teacher.get("/profile").text, "/sizes/forget")
    with app.app_context():
        code = claim_seat(cast, keeps_sizes=True).code
    assert "Your sizes" in teacher.get("/profile").text
    assert post(teacher, "/profile", "/sizes/forget").status_code == 303
    assert kept(app, cast) == {}
    with app.app_context():
        assert claim_with(code).sizes == {"M009": "9"}


def test_sizes_of_a_claim_are_wiped_two_weeks_after_and_those_of_the_person_stay(
    app: Flask, cast: Cast
) -> None:
    with app.app_context():
        code = claim_seat(cast, keeps_sizes=True).code
        end = slot_of(cast).ends_at
        for later, left in ((timedelta(days=14), {"M009": "9"}), (timedelta(days=14, seconds=1), {})):
            claims.wipe_due(now=end + later)
            assert claim_with(code).sizes == left
    assert kept(app, cast) == {"glove": "9"}


def test_where_nothing_is_lent_no_size_is_asked(app: Flask, cast: Cast, client_of: Visit) -> None:
    url = f"/slots/{cast.slot}/claim"
    assert {"size_M009", "read_version"} <= {*form_of(client_of("teacher").get(url).text, "/claim")}
    with app.app_context():
        change_brief(cast, replace(BRIEF, lines=(SHOES,)))
    page = client_of("teacher").get(url).text
    assert "size_M009" not in form_of(page, "/claim")
    assert "Keep my sizes" not in page

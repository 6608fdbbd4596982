"""The safety brief, as a host fills it in."""

from typing import Any

from flask import Flask

from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider
from tests.cast import BRIEF, Cast
from tests.conftest import Visit
from tests.host.drafts import drafted
from tests.pages import form_of, post
from tests.steps import everything, offer_of


def test_the_form_shows_what_the_brief_says_and_saving_keeps_it(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    fields = form_of(host.get(url).text)
    assert set(fields["chosen"]) == {"M008", "M019", "M009", "P008"}
    assert fields["note-M008"] == "S3"
    assert fields["provider-M008"] == "participant"
    assert post(host, url).status_code == 303
    with app.app_context():
        brief = offer_of(cast).brief.facts
        assert set(brief.lines) == set(BRIEF.lines)
        assert (brief.notes, brief.access) == (BRIEF.notes, BRIEF.access)


def test_beside_equipment_stands_its_standard_with_the_classes_that_a_note_can_name(
    cast: Cast, client_of: Visit
) -> None:
    page = client_of("host").get(f"/host/offers/{cast.offer}/safety").text
    assert "EN ISO 20345 · S1P, S3," in page
    assert "<small>EN 166</small>" in page


def test_equipment_and_signs_are_kept_as_chosen(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    fields = {
        "csrf_token": form_of(host.get(url).text)["csrf_token"],
        "chosen": ["M008", "M003", "W014"],
        "provider-M008": "host",
        "required-M008": "y",
        "size-M008": "y",
        "note-M008": "S3, een leenpaar",
        "provider-M003": "school",
        "note-W014": "Hal 3",
        "notes": "Blijf op het pad.\r\nDe hal is koud.",
        "access": "b_vca",
    }
    assert host.post(url, data=fields).status_code == 303
    with app.app_context():
        assert offer_of(cast).brief.facts == BriefFacts(
            (
                BriefLine("M008", True, Provider.HOST, True, "S3, een leenpaar"),
                BriefLine("M003", False, Provider.SCHOOL),
                BriefLine("W014", note="Hal 3"),
            ),
            "Blijf op het pad.\nDe hal is koud.",
            Access.B_VCA,
        )


def test_nothing_particular_is_a_choice_of_its_own(app: Flask, cast: Cast, client_of: Visit) -> None:
    host = client_of("host")
    code = drafted(host)
    assert post(host, f"/host/offers/{code}/safety", has_no_particular_risks="y").status_code == 303
    assert "There are no particular risks." in host.get(f"/host/offers/{code}").text


def test_signs_and_nothing_particular_do_not_go_together(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "Keep one of the two.", has_no_particular_risks="y")


def test_an_unknown_sign_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "There is no safety sign M999.", chosen=["M008", "M999"])


def test_a_sign_chosen_twice_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "Choose each sign once.", chosen=["M008", "M008"])


def test_a_provider_that_does_not_exist_is_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "Choose who provides it.", **{"provider-M008": "the king"})


def test_a_note_that_is_too_long_is_refused_at_its_field(app: Flask, cast: Cast, client_of: Visit) -> None:
    page = refused(app, cast, client_of, "Shorten this to 200 characters.", **{"note-M008": "x" * 201})
    assert 'href="#note-M008"' in page


def test_free_notes_that_are_too_long_are_refused(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "Shorten this to 3000 characters.", notes="x" * 3001)


def test_a_published_offer_cannot_lose_its_safety_notes(app: Flask, cast: Cast, client_of: Visit) -> None:
    refused(app, cast, client_of, "Is there nothing particular? Then say so.", chosen=[], notes="")


def refused(app: Flask, cast: Cast, client_of: Visit, why: str, **fields: Any) -> str:
    """The page that says why not, with nothing changed."""
    with app.app_context():
        before = everything()
    answer = post(client_of("host"), f"/host/offers/{cast.offer}/safety", **fields)
    assert answer.status_code == 422
    assert why in answer.text
    with app.app_context():
        assert everything() == before
    return answer.text

"""The safety brief, as a host fills it in."""

from dataclasses import replace
from html import unescape
from typing import Any

import pytest
from flask import Flask

from marketplace.kernel.texts import speaking
from marketplace.safety.facts import Access, BriefFacts, BriefLine, Provider
from marketplace.safety.rules import plain_text, safety_text
from tests.cast import BRIEF, Cast
from tests.conftest import Visit
from tests.host.drafts import drafted
from tests.pages import form_of, post
from tests.rows import everything
from tests.steps import offer_of


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
    assert "<small>EN 166 · EN ISO 16321</small>" in page


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


def test_the_order_of_what_is_chosen_is_kept(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    assert form_of(host.get(url).text)["chosen"] == ["M008", "M019", "M009", "P008"]
    assert post(host, url, chosen=["P008", "M009", "M008"]).status_code == 303
    with app.app_context():
        assert [each.code for each in offer_of(cast).brief.facts.lines] == ["P008", "M009", "M008"]
    assert form_of(host.get(url).text)["chosen"] == ["P008", "M009", "M008"]


@pytest.mark.parametrize(
    ("move", "order"),
    [
        ("up M009", ["M008", "M009", "M019", "P008"]),
        ("down M008", ["M019", "M008", "M009", "P008"]),
        ("up M008", ["M008", "M019", "M009", "P008"]),
        ("down P008", ["M008", "M019", "M009", "P008"]),
        ("up M999", ["M008", "M019", "M009", "P008"]),
    ],
)
def test_without_a_script_the_arrows_send_the_form_and_keep_nothing_yet(
    app: Flask, cast: Cast, client_of: Visit, move: str, order: list[str]
) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    with app.app_context():
        before = everything()
    answer = post(host, url, move=move, notes="Nog niet klaar.")
    assert answer.status_code == 200
    fields = form_of(answer.text)
    assert (fields["chosen"], fields["notes"].strip()) == (order, "Nog niet klaar.")
    with app.app_context():
        assert everything() == before


def test_class_and_part_of_the_programme_are_told(app: Flask, cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    said: dict[str, Any] = {"grade-M008": "S3", "part-M019": "bij het lassen", "note-M008": ""}
    assert post(host, url, **said).status_code == 303
    with app.app_context():
        text = plain_text(safety_text(offer_of(cast).brief.facts))
    assert "- Veiligheidsschoenen S3" in text
    assert "- Lashelm: Bij het lassen." in text


@pytest.mark.parametrize(
    ("fields", "why"),
    [
        ({"grade-M008": "S99"}, "Choose from the list."),
        ({"part-M008": "x" * 61}, "Shorten this to 60 characters."),
        ({"chosen": [f"M{number:03}" for number in range(200)]}, "Choose at most 40 lines."),
        ({"standing": "N0B0DY"}, "Choose from the list."),
        ({"access": "the king"}, "Choose what the gate asks for."),
    ],
    ids=["class", "part", "200 lines", "standing brief", "access"],
)
def test_what_cannot_be_is_told_and_what_was_filled_in_stays(
    app: Flask, cast: Cast, client_of: Visit, fields: dict[str, Any], why: str
) -> None:
    page = refused(app, cast, client_of, why, **{"note-M019": "Nieuwe kappen.", **fields})
    assert "Nieuwe kappen." in page


def test_the_preview_says_what_participants_would_get_and_keeps_nothing(
    app: Flask, cast: Cast, client_of: Visit
) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    with app.app_context():
        before, brief = everything(), offer_of(cast).brief.facts
    fields = {**form_of(host.get(url).text), "notes": "De hal is koud.", "grade-M008": "S3"}
    said = unescape(host.post(f"{url}/preview", data=fields).text)
    with speaking("en"):
        safety = safety_text(replace(brief, notes="De hal is koud."))
        assert plain_text(safety).replace("Safety shoes", "Safety shoes S3") in said
    assert "Tomorrow: bring safety shoes S3" in said
    with app.app_context():
        assert everything() == before


def test_the_preview_of_what_cannot_be_says_so(cast: Cast, client_of: Visit) -> None:
    host, url = client_of("host"), f"/host/offers/{cast.offer}/safety"
    fields = form_of(host.get(url).text)
    assert (
        "Choose each sign once." in host.post(f"{url}/preview", data={**fields, "chosen": ["M008"] * 2}).text
    )
    said = host.post(f"{url}/preview", data={**fields, "access": "the king"})
    assert (said.status_code, "not filled in well yet" in said.text) == (200, True)


@pytest.mark.parametrize("who", ["teacher", "outside host", "coordinator", "nobody"])
def test_only_the_host_sees_what_participants_would_get(cast: Cast, client_of: Visit, who: str) -> None:
    other = client_of(who)
    fields = {
        "csrf_token": form_of(client_of("host").get(f"/host/offers/{cast.offer}/safety").text)["csrf_token"]
    }
    for url in (f"/host/offers/{cast.offer}/safety/preview", f"/host/slots/{cast.slot}/safety/preview"):
        assert other.post(url, data=fields).status_code in {303, 400, 403, 404}


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

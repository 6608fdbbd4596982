"""Who there is in a region, whom to trust, and inviting somebody."""

import pytest
from flask import Flask
from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.organisations.models import Organisation
from marketplace.outbox.models import Letter
from marketplace.people.models import Membership, Person
from marketplace.people.queries import contacts_of
from tests import cast as casting
from tests.cast import Cast
from tests.conftest import Visit
from tests.pages import Fields, form_of, has_form, post

NEW: Fields = {"email": "Nieuw@Bedrijf.example", "name": "Nora Nieuw"}


@pytest.fixture
def rival(app: Flask, cast: Cast) -> str:
    """A company of the coordinator's region that is not trusted yet."""
    with app.app_context():
        company = session.scalars(select(Organisation).where(Organisation.kvk == "00000199")).one()
        company.region_id = casting.slot_of(cast).offer.organisation.region_id
        session.commit()
        return company.code


def school_of(app: Flask, cast: Cast, who: str = "teacher") -> str:
    with app.app_context():
        return casting.person(cast, who).school.code  # type: ignore[union-attr]


def roles_of(app: Flask, email: str) -> list[str]:
    with app.app_context():
        statement = select(Membership.role).join(Person).where(Person.email == email)
        return list(session.scalars(statement.order_by(Membership.id)))


def invitations(app: Flask) -> list[Letter]:
    with app.app_context():
        return list(session.scalars(select(Letter).where(Letter.name == "invitation")))


def test_the_coordinator_sees_the_organisations_of_the_region(client_of: Visit, cast: Cast) -> None:
    page = client_of("coordinator").get("/desk/organisations").text
    for text in ("Reestdal Metaalwerken", "00000101", "Gerda Nijboer", "Reestcollege", "Truus Bijker"):
        assert text in page
    assert "Trusted" in page and "Rivaal" not in page and "Elders College" not in page


def test_trusting_a_company(app: Flask, client_of: Visit, rival: str) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, "/desk/organisations", f"/{rival}/trust")
    assert answer.status_code == 303
    page = coordinator.get("/desk/organisations").text
    assert "Rivaal publishes its own activities from now on." in page and not has_form(page, "/trust")
    with app.app_context():
        assert session.scalars(select(Organisation).where(Organisation.code == rival)).one().is_trusted


def test_a_company_of_elsewhere_is_not_there_to_be_trusted(app: Flask, client_of: Visit, rival: str) -> None:
    stranger = client_of("outside coordinator")
    form = form_of(stranger.get("/desk/people").text)
    assert stranger.post(f"/desk/organisations/{rival}/trust", data=form).status_code == 404
    with app.app_context():
        assert not session.scalars(select(Organisation).where(Organisation.code == rival)).one().is_trusted


def test_the_coordinator_sees_the_people_of_the_region(client_of: Visit, cast: Cast) -> None:
    page = client_of("coordinator").get("/desk/people").text
    for text in ("Marieke Otten", "Participant, Reestcollege", "Host contact, Reestdal Metaalwerken"):
        assert text in page
    assert "Coordinator, STO Reest &amp; Vecht" in page
    assert "Olaf Buiten" not in page and "Carla Elders" not in page
    everybody = client_of("administrator").get("/desk/people").text
    assert "Olaf Buiten" in everybody and "Marieke Otten" in everybody


def test_inviting_a_second_contact_of_a_company(app: Flask, client_of: Visit, cast: Cast) -> None:
    coordinator = client_of("coordinator")
    answer = post(coordinator, "/desk/people", role="host_contact", place=cast.company, **NEW)
    assert answer.status_code == 303
    (letter,) = invitations(app)
    assert letter.receiver_address == "nieuw@bedrijf.example" and "Reestdal Metaalwerken" in letter.text
    with app.app_context():
        company = casting.slot_of(cast).offer.organisation_id
        assert [each.name for each in contacts_of(company)] == ["Gerda Nijboer", "Nora Nieuw"]
        assert contacts_of(company)[-1].is_known
    page = coordinator.get("/desk/people").text
    assert "Nora Nieuw was invited." in page and "nieuw@bedrijf.example" in page


def test_somebody_who_is_there_gets_the_role_too(app: Flask, client_of: Visit, cast: Cast) -> None:
    fields: Fields = {"email": cast.emails["teacher"], "name": "M. Otten", "role": "school_contact"}
    post(client_of("coordinator"), "/desk/people", place=school_of(app, cast), **fields)
    assert roles_of(app, cast.emails["teacher"]) == ["participant", "school_contact"]
    assert invitations(app)[0].receiver_name == "Marieke Otten"


def test_inviting_a_coordinator_of_the_region(app: Flask, client_of: Visit, cast: Cast) -> None:
    post(client_of("coordinator"), "/desk/people", role="coordinator", place=cast.region, **NEW)
    assert roles_of(app, "nieuw@bedrijf.example") == ["coordinator"]


@pytest.mark.parametrize(
    "wrong",
    [
        {"role": "coordinator"},
        {"role": "participant"},
        {"role": "school_contact"},
        {"role": "administrator"},
        {"email": "geen adres"},
        {"name": ""},
        {"place": ""},
        {"place": "region", "role": "host_contact"},
        {"place": "far school", "role": "participant"},
    ],
)
def test_an_invitation_that_cannot_be_is_not_sent(
    app: Flask, client_of: Visit, cast: Cast, wrong: dict[str, str]
) -> None:
    places = {"region": cast.region, "far school": school_of(app, cast, "outsider"), "": ""}
    fields: Fields = {**NEW, "role": "host_contact", "place": cast.company, **wrong}
    if "place" in wrong:
        fields["place"] = places[wrong["place"]]
    answer = post(client_of("coordinator"), "/desk/people", **fields)
    assert answer.status_code == 422 and "Something is not right yet" in answer.text
    assert not invitations(app) and not roles_of(app, "nieuw@bedrijf.example")


def test_outsiders_neither_look_nor_invite(app: Flask, client_of: Visit, cast: Cast) -> None:
    for address in ("/desk/people", "/desk/organisations"):
        assert client_of("outsider").get(address).status_code == 403
    fields: Fields = {**NEW, "role": "host_contact", "place": cast.company}
    assert post(client_of("outside coordinator"), "/desk/people", **fields).status_code == 422
    assert not invitations(app)

"""Companies and schools: joining, moving, being trusted."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from marketplace.kernel.database import transaction
from marketplace.kernel.errors import NotFound
from marketplace.kernel.journal import history
from marketplace.organisations import actions as organisations
from marketplace.organisations import queries
from marketplace.organisations.models import Kind, Organisation
from tests import steps
from tests.cast import Cast
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

LATER = NOW + timedelta(hours=1)
PLACE = {"street": " Aambeeld 1 ", "postcode": "7941 AB", "town": "Meppel", "phone": "", "website": ""}


def add_company(cast: Cast, kvk: str = "12345678") -> Organisation:
    with transaction():
        return organisations.add_company(
            name=" Smederij Smid ", kvk=kvk, sector="metal", region=cast.region, by="x", now=NOW, **PLACE
        )


def add_school(cast: Cast, brin: str = "99XX") -> Organisation:
    with transaction():
        return organisations.add_school(
            name="Vechtcollege", brin=brin, is_mbo=False, region=cast.region, by="x", now=NOW, **PLACE
        )


def move(cast: Cast, street: str) -> None:
    with transaction():
        site = steps.company_of(cast).sites[0]
        organisations.change_address(
            site=site, street=street, postcode="7944 XY", town="Meppel", by="x", now=LATER
        )


def test_a_company_joins_with_a_site_and_without_trust(cast: Cast) -> None:
    company = add_company(cast)
    assert (company.kind, company.name, company.is_trusted) == (Kind.COMPANY, "Smederij Smid", False)
    assert company.sites[0].address == "Aambeeld 1, 7941 AB Meppel"
    assert [each.event for each in history("organisation", company.code)] == ["added"]


def test_a_kvk_number_joins_once(cast: Cast) -> None:
    add_company(cast)
    assert "already registered" in steps.refusal(lambda: add_company(cast))
    assert queries.is_registered("12345678")


def test_schools_need_no_kvk_number_and_have_a_brin_of_their_own(cast: Cast) -> None:
    assert add_school(cast).kvk is None
    add_school(cast, "99YY")
    with pytest.raises(IntegrityError):
        add_school(cast)


def test_an_organisation_joins_a_region_that_is_there(cast: Cast) -> None:
    with pytest.raises(NotFound), transaction():
        organisations.add_company(
            name="X", kvk="1", sector="metal", region="ZZZZZZZZZZ", by="x", now=NOW, **PLACE
        )


def test_trust_is_given_once(cast: Cast) -> None:
    company = add_company(cast)
    for moment in (NOW, LATER):
        with transaction():
            organisations.trust(organisation=company, by="x", now=moment)
    assert company.trusted_at == NOW
    assert [each.event for each in history("organisation", company.code)] == ["added", "trusted"]


def test_a_new_address_is_a_new_version_and_the_same_address_is_not(cast: Cast) -> None:
    move(cast, " Smidsvonkweg 14 ")
    site = steps.company_of(cast).sites[0]
    assert (site.version, history("site", site.code)) == (1, [])
    move(cast, "Nijverheidsweg 2")
    assert (site.version, site.changed_at, site.changing_since) == (2, LATER, LATER)
    assert site.address == "Nijverheidsweg 2, 7944 XY Meppel"


def test_a_site_is_found_by_its_own_organisation_alone(cast: Cast) -> None:
    assert queries.site_with(cast.site, [cast.company]).code == cast.site
    other = add_company(cast)
    for codes in ([other.code], []):
        with pytest.raises(NotFound):
            queries.site_with(cast.site, codes)


def test_organisations_are_found_in_their_region(cast: Cast) -> None:
    company = steps.company_of(cast)
    found = [each.name for each in queries.organisations_in([company.region_id])]
    assert found == ["Reestdal Metaalwerken", "Reestcollege"]
    assert queries.organisation_in([company.region_id], cast.company) is company
    with pytest.raises(NotFound):
        queries.organisation_in([company.region_id + 1], cast.company)
    with pytest.raises(NotFound):
        queries.organisation_with("ZZZZZZZZZZ")

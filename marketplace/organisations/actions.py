"""What happens to organisations: they join, move and come to be trusted."""

from datetime import datetime

from sqlalchemy import select

from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.journal import record
from marketplace.kernel.texts import N_
from marketplace.organisations.models import Kind, Organisation, Site
from marketplace.regions.queries import region_with


def add_company(
    *,
    name: str,
    kvk: str,
    sector: str,
    region: str,
    street: str,
    postcode: str,
    town: str,
    phone: str,
    website: str,
    by: str,
    now: datetime,
) -> Organisation:
    """A new company with its first site. Refuses a KvK number that is there already."""
    if session.scalar(select(Organisation.id).where(Organisation.kvk == kvk)) is not None:
        raise Refused(
            Refusal(
                N_(
                    "This KvK number is already registered. Ask your colleague or the coordinator to invite you."
                )
            )
        )
    company = Organisation(
        code=new_code(),
        kind=Kind.COMPANY,
        name=name.strip(),
        kvk=kvk,
        sector=sector,
        phone=phone.strip(),
        website=website.strip(),
        region_id=region_with(region).id,
        created_at=now,
        sites=[
            Site(
                code=new_code(),
                street=street.strip(),
                postcode=postcode,
                town=town.strip(),
                changed_at=now,
                changing_since=now,
            )
        ],
    )
    session.add(company)
    session.flush()
    record(kind="organisation", subject=company.code, event="added", by=by, at=now)
    return company


def trust(*, organisation: Organisation, by: str, now: datetime) -> None:
    """From now on this organisation publishes its own offers."""
    if not organisation.is_trusted:
        organisation.trusted_at = now
        record(kind="organisation", subject=organisation.code, event="trusted", by=by, at=now)


def change_address(*, site: Site, street: str, postcode: str, town: str, by: str, now: datetime) -> None:
    """Writes a new address; who is expected there will be told, because the version rises."""
    if (site.street, site.postcode, site.town) == (street.strip(), postcode, town.strip()):
        return
    site.street, site.postcode, site.town = street.strip(), postcode, town.strip()
    site.raise_version(now)
    record(kind="site", subject=site.code, event="address", by=by, at=now)

"""Questions about organisations."""

from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import joinedload, selectinload

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.organisations.models import Organisation, Site


def organisation_with(code: str) -> Organisation:
    """The organisation with this code; NotFound if there is none."""
    row = session.scalar(select(Organisation).where(Organisation.code == code))
    if row is None:
        raise NotFound
    return row


def organisations_with(codes: Iterable[str]) -> list[Organisation]:
    """Those organisations with their sites, by name."""
    statement = (
        select(Organisation)
        .where(Organisation.code.in_(list(codes)))
        .options(selectinload(Organisation.sites), joinedload(Organisation.region))
    )
    return list(session.scalars(statement.order_by(Organisation.name)))


def site_with(code: str, organisation_codes: Iterable[str]) -> Site:
    """A site of one of these organisations; NotFound otherwise."""
    row = session.scalar(
        select(Site)
        .join(Organisation)
        .where(Site.code == code, Organisation.code.in_(list(organisation_codes)))
    )
    if row is None:
        raise NotFound
    return row

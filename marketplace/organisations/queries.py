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


def is_registered(kvk: str) -> bool:
    """Whether a company with this KvK number is there already."""
    return session.scalar(select(Organisation.id).where(Organisation.kvk == kvk)) is not None


def organisations_with(codes: Iterable[str]) -> list[Organisation]:
    """Those organisations with their sites, by name."""
    statement = (
        select(Organisation)
        .where(Organisation.code.in_(list(codes)))
        .options(selectinload(Organisation.sites), joinedload(Organisation.region))
    )
    return list(session.scalars(statement.order_by(Organisation.name)))


def organisations_in(region_ids: Iterable[int], limit: int = 500) -> list[Organisation]:
    """The organisations of these regions: companies before schools, by name."""
    statement = (
        select(Organisation)
        .where(Organisation.region_id.in_(list(region_ids)))
        .options(selectinload(Organisation.sites), joinedload(Organisation.region))
    )
    return list(session.scalars(statement.order_by(Organisation.kind, Organisation.name).limit(limit)))


def organisation_in(region_ids: Iterable[int], code: str) -> Organisation:
    """An organisation of one of these regions. NotFound otherwise."""
    statement = select(Organisation).where(Organisation.region_id.in_(list(region_ids)))
    row = session.scalar(statement.where(Organisation.code == code))
    if row is None:
        raise NotFound
    return row


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

"""Questions about organisations."""

from collections.abc import Iterable

from sqlalchemy import Select, exists, select
from sqlalchemy.orm import joinedload, selectinload, undefer

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.organisations.models import Instruction, Kind, Organisation, Site, StandingBrief


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


def has_companies(region_ids: Iterable[int]) -> Select[bool]:
    """The question whether these regions have a company."""
    found = select(Organisation.id).where(Organisation.region_id.in_(list(region_ids)))
    return select(exists(found.where(Organisation.kind == Kind.COMPANY)))


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


def standing_briefs(organisation_codes: Iterable[str]) -> list[StandingBrief]:
    """The standing briefs of these organisations, by name, with what they say."""
    statement = _standing(organisation_codes).options(
        joinedload(StandingBrief.organisation),
        joinedload(StandingBrief.site),
        joinedload(StandingBrief.brief),
    )
    return list(session.scalars(statement.order_by(StandingBrief.name, StandingBrief.id)))


def standing_brief_for_host(code: str, organisation_codes: Iterable[str]) -> StandingBrief:
    """A standing brief of one of these organisations. NotFound otherwise."""
    row = session.scalar(_standing(organisation_codes).where(StandingBrief.code == code))
    if row is None:
        raise NotFound
    return row


def _standing(organisation_codes: Iterable[str]) -> Select[StandingBrief]:
    statement = select(StandingBrief).join(Organisation, Organisation.id == StandingBrief.organisation_id)
    return statement.where(Organisation.code.in_(list(organisation_codes)))


def standing_brief_made_with(key: str) -> StandingBrief | None:
    """The standing brief that a form with this one-time key made already."""
    return session.scalar(select(StandingBrief).where(StandingBrief.made_with == key))


def instructions(organisation_codes: Iterable[str]) -> list[Instruction]:
    """The gate instructions of these organisations, newest first, without the files."""
    statement = select(Instruction).join(Organisation, Organisation.id == Instruction.organisation_id)
    statement = statement.where(Organisation.code.in_(list(organisation_codes)))
    return list(session.scalars(statement.order_by(Instruction.id.desc())))


def instruction_with(code: str) -> Instruction:
    """A gate instruction, with its file; NotFound if there is none. Who knows its code was given it."""
    row = session.scalar(
        select(Instruction).where(Instruction.code == code).options(undefer(Instruction.octets))
    )
    if row is None:
        raise NotFound
    return row


def instruction_like(organisation_id: int, digest: str) -> Instruction | None:
    """The very same file, if an organisation keeps it already."""
    same = (Instruction.organisation_id == organisation_id, Instruction.digest == digest)
    return session.scalar(select(Instruction).where(*same))

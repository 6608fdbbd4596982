"""Questions about regions."""

from collections.abc import Iterable

from sqlalchemy import select

from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound
from marketplace.regions.models import Region


def regions() -> list[Region]:
    """All regions: each followed by its sub-regions, by name."""
    rows = list(session.scalars(select(Region).order_by(Region.name)))
    tops = [row for row in rows if row.parent_id is None]
    return [each for top in tops for each in (top, *(row for row in rows if row.parent_id == top.id))]


def regions_with(region_ids: Iterable[int]) -> list[Region]:
    """Those regions, by name."""
    return list(session.scalars(select(Region).where(Region.id.in_(list(region_ids))).order_by(Region.name)))


def region_with(code: str) -> Region:
    """The region with this code; NotFound if there is none."""
    row = session.scalar(select(Region).where(Region.code == code))
    if row is None:
        raise NotFound
    return row


def with_parents(region: Region) -> list[Region]:
    """The region, and the ones that it is a part of."""
    found = [region]
    while found[-1].parent_id is not None:
        found.append(session.get_one(Region, found[-1].parent_id))
    return found

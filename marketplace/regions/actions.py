"""What happens to regions: they are made."""

from datetime import datetime

from marketplace.kernel.codes import new_code
from marketplace.kernel.database import session
from marketplace.kernel.journal import record
from marketplace.regions.models import Region


def add_region(*, name: str, holiday_zone: str, parent: Region | None, by: str, now: datetime) -> Region:
    """A new region, or a sub-region of `parent`. `holiday_zone` is "Noord", "Midden" or "Zuid"."""
    region = Region(
        code=new_code(), name=name, holiday_zone=holiday_zone, parent_id=parent.id if parent else None
    )
    session.add(region)
    session.flush()
    record(kind="region", subject=region.code, event="added", by=by, at=now)
    return region

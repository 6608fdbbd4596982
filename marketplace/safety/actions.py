"""Writing briefs: each change of one makes a new version of it, and of every brief that is based on it."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.kernel.changes import raise_number
from marketplace.kernel.database import session
from marketplace.kernel.errors import Refused
from marketplace.safety import queries
from marketplace.safety.facts import BriefFacts
from marketplace.safety.models import Brief, BriefVersion
from marketplace.safety.rules import why_not_brief

_ALL = "briefs"


def new_brief(*, own: BriefFacts, now: datetime) -> Brief:
    """A brief of its own, with its first version. Raises Refused for what cannot be."""
    return _new(own, None, 1, now)


def add_to(*, base: Brief, own: BriefFacts, now: datetime) -> Brief:
    """A brief that adds to another and takes its place for some: its versions count on from there.

    Raises Refused where what it says, or what it adds up to, cannot be.
    """
    _take_turn(now)
    return _new(own, base, base.version + 1, now)


def _new(own: BriefFacts, based_on: Brief | None, number: int, now: datetime) -> Brief:
    brief = Brief(
        based_on=based_on,
        content=_whole(own, based_on).as_data(),
        own=own.as_data(),
        version=number,
        changed_at=now,
        changing_since=now,
    )
    _keep_version(brief)
    return brief


def rewrite(*, brief: Brief, own: BriefFacts, based_on: Brief | None, now: datetime) -> list[Brief]:
    """Writes what a brief says itself and what it is based on. Returns the briefs that say something else now.

    Raises Refused where what it says, or what a brief that is based on it adds up to, cannot be.
    """
    _take_turn(now)
    brief.own, brief.based_on = own.as_data(), based_on
    written: Sequence[Brief] = [brief]
    changed: list[Brief] = []
    while written := [each for each in written if _is_renewed(each, now)]:
        changed += written
        written = queries.based_on(written)
    return changed


def _take_turn(now: datetime) -> None:
    """What holds is put together from several rows: one transaction at a time does that, with all as they are now."""
    session.flush()
    raise_number(_ALL, now)
    for each in session.identity_map.values():
        if isinstance(each, Brief):
            session.expire(each)


def _is_renewed(brief: Brief, now: datetime) -> bool:
    """Puts the whole together anew; whether it says something else now."""
    whole = _whole(brief.own_facts, brief.based_on)
    if whole == brief.facts:
        return False
    brief.content = whole.as_data()
    brief.raise_version(now)
    _keep_version(brief)
    return True


def _whole(own: BriefFacts, based_on: Brief | None) -> BriefFacts:
    whole = own.on_top_of(based_on.facts) if based_on else own
    if refusal := why_not_brief(own) or why_not_brief(whole):
        raise Refused(refusal)
    return whole


def _keep_version(brief: Brief) -> None:
    brief.versions.add(
        BriefVersion(number=brief.version, content=brief.content, hash=brief.hash, made_at=brief.changed_at)
    )

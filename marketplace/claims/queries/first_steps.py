"""What first steps ask: did anything of this kind ever happen here?"""

from collections.abc import Iterable

from sqlalchemy import ColumnElement, Select, exists, select

from marketplace.claims.models import Claim
from marketplace.claims.states import ClaimState, Cover
from marketplace.organisations.models import Organisation

_DECIDED = (ClaimState.APPROVED, ClaimState.CONDITIONAL, ClaimState.REJECTED)


def has_claims(school_codes: Iterable[str]) -> Select[bool]:
    """The question whether anybody of these schools ever signed up."""
    return _any_claim(Organisation.code.in_(list(school_codes)))


def has_confirmed_cover(school_codes: Iterable[str]) -> Select[bool]:
    """The question whether these schools ever confirmed that lessons are covered."""
    return _any_claim(Organisation.code.in_(list(school_codes)), Claim.cover == Cover.CONFIRMED)


def has_decided(region_ids: Iterable[int]) -> Select[bool]:
    """The question whether a claim of a school in these regions was ever decided."""
    return _any_claim(Organisation.region_id.in_(list(region_ids)), Claim.state.in_(_DECIDED))


def _any_claim(*conditions: ColumnElement[bool]) -> Select[bool]:
    found = select(Claim.id).join(Organisation, Organisation.id == Claim.school_id).where(*conditions)
    return select(exists(found))

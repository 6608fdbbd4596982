"""A saved search as other rooms understand it."""

from dataclasses import fields
from datetime import date, datetime
from typing import Any, NamedTuple
from urllib.parse import parse_qs

from marketplace.offers.facts import OfferSearch
from marketplace.regions.towns import town_named

STOPPING = "search"
"""What a link that stops the mails about a saved search is signed for."""


class Due(NamedTuple):
    """A search of which it is time to look what appeared after `since` and by `until`."""

    id: int
    alert: str
    query: str
    since: datetime
    until: datetime


def search_in(query: str) -> OfferSearch:
    """What a saved address asks for. It was understood when it was saved and written anew: `market.forms.searching`.

    Raises ValueError for what is not understood any more: without its town it would look in the whole country.
    """
    said = parse_qs(query)
    first = {name: values[0] for name, values in said.items()}
    several: dict[str, Any] = {
        each.name: tuple(said.get(each.name, ())) for each in fields(OfferSearch) if each.default == ()
    }
    near = town_named(first.get("near", ""))
    if "near" in first and near is None:
        raise ValueError("near")
    return OfferSearch(
        q=first.get("q", ""),
        near=near,
        within=int(first.get("within", 0)),
        free="free" in first,
        from_day=date.fromisoformat(first["from"]) if "from" in first else None,
        until_day=date.fromisoformat(first["until"]) if "until" in first else None,
        **several,
    )

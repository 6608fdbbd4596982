"""The list that everybody searches, its filters with counts, and the same search as a calendar feed."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from flask import Response, request
from flask.typing import ResponseReturnValue
from markupsafe import Markup

from marketplace.calendars.feeds import feed as calendar
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refusal
from marketplace.kernel.site import site
from marketplace.kernel.texts import DEFAULT, current_language, gettext, say
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.kernel.wording import month_name, plain_day, week
from marketplace.market.facts.cards import shown
from marketplace.market.facts.holidays import own_zones
from marketplace.market.forms.searching import (
    FILTERS,
    LEGENDS,
    MONTH,
    SAVE,
    SEARCH,
    SORTS,
    VIEWS,
    WEEK,
    Wish,
    address,
    asked,
    chips,
    label,
    options,
    said,
    unsorted,
    wishes_in,
)
from marketplace.market.views.questions import may_ask
from marketplace.market.views.room import blueprint
from marketplace.offers.facts import Hit, OfferSearch, Page, Sort
from marketplace.offers.listed import HOLIDAYS, ZONES, month_after, starts_of
from marketplace.offers.queries import MOST, counts, key_of, public_entries, search, standing_of
from marketplace.regions.queries import regions
from marketplace.regions.towns import DISTANCES
from marketplace.web.calendars import calendar_answer
from marketplace.web.guards import for_everybody, for_machines
from marketplace.web.pages import is_fragment, page

FEED_VERSION = "2"
"""Raised when feeds are laid out differently, so that calendars fetch them anew."""
MONTHS = 12
"""How far ahead months can be chosen."""

Cards = list[tuple[Hit, Markup]]


def is_kept(path: str) -> bool:
    """Whether a page is kept as it was answered: the list and offers, which nothing that is not written changes.

    Files, whose paths have a dot in them, are not.
    """
    return path in ("/", SEARCH) or (path.startswith(f"{SEARCH}/") and "." not in path)


@blueprint.get("/offers")
@blueprint.get("/")
@for_everybody
def front() -> ResponseReturnValue:
    """The marketplace: the offers that match a search."""
    found, slips = asked(request.args)
    at = now()
    here = search(found, now=at, after=request.args.get("after", ""))
    cards = shown(here.hits, at)
    return _list(found, slips, here, cards)


def _list(found: OfferSearch, slips: list[Refusal], here: Page, cards: Cards) -> Response:
    wishes, after = wishes_in(found), request.args.get("after", "")
    answer = page(
        "market/offers.html",
        block="more" if after else "results",
        **common(found, wishes, slips),
        count=len(cards),
        groups=_groups(found, cards),
        heading_above=_heading_above(found, after) if is_fragment() else "",
        until=plain_day(starts_of(here.hits[-1].place)) if here.hits and found.sort == Sort.DATE else "",
        is_continued=bool(after),
        is_fragment=is_fragment(),
        more=address(SEARCH, [*wishes, ("after", here.next_key)]) if here.next_key else "",
        beginning=address(SEARCH, wishes),
    )
    if is_fragment() and not after:
        answer.headers["HX-Replace-Url"] = address(SEARCH, wishes)
    return answer


def common(
    found: OfferSearch,
    wishes: list[Wish],
    slips: list[Refusal],
    path: str = SEARCH,
    stays: Iterable[Wish] = (),
) -> dict[str, Any]:
    """What stands around the results of a search at `path`, whatever way they are shown; `stays` as for `chips`."""
    chosen = chips(wishes, _names(found), path, stays)
    return {
        "search": found,
        "path": path,
        "views": _views(wishes, path),
        "filters": address(FILTERS, wishes),
        "feed": _feed_address(wishes),
        "save": address(SAVE, wishes),
        "near": request.args.get("near", "") if not found.near else found.near.name,
        "distances": sorted({*DISTANCES, *([found.within] if found.within else [])}),
        "sorts": {sort: gettext(name) for sort, name in SORTS.items()},
        "slips": [say(slip) for slip in slips],
        "chips": chosen,
        "clear": address(path, stays),
        "may_ask": may_ask(),
        "title": ", ".join(words for _, words in chosen) or gettext("Teacher placements and masterclasses"),
    }


def _views(wishes: list[Wish], path: str) -> list[tuple[str, str, bool]]:
    """The ways to show what is found, with which one is shown at `path`; a week is a calendar too."""
    current = MONTH if path == WEEK else path
    return [(address(view, wishes), gettext(name), view == current) for view, name in VIEWS.items()]


def shape_page(
    shape: str,
    *,
    found: OfferSearch,
    slips: list[Refusal],
    path: str,
    heading: str = "",
    name: str = "",
    stays: Iterable[Wish] = (),
    **facts: Any,
) -> Response:
    """What is found in another way than as cards: the template `shape` under a heading, or under that of the list.

    The title of the page begins with the heading, or else with `name`. `stays` is what the address asks for besides the
    search, and keeps.
    """
    wishes, stays = wishes_in(found), list(stays)
    around = common(found, wishes, slips, path, stays)
    around["title"] = ", ".join(filter(None, (heading or name, around["title"])))
    answer = page(
        "market/offers.html",
        block="results",
        **{**around, **facts},
        shape=shape,
        shape_heading=heading,
        is_fragment=is_fragment(),
    )
    if is_fragment():
        answer.headers["HX-Replace-Url"] = address(path, [*wishes, *stays])
    return answer


def _names(found: OfferSearch) -> Mapping[str, str]:
    """Names of regions by code, where one was asked for."""
    return {region.code: region.name for region in regions()} if found.region else {}


def _groups(found: OfferSearch, cards: Cards) -> list[tuple[str, str, Cards]]:
    """The cards under their headings, with the weeks of a month in which there is something."""
    groups = [list(each) for _, each in groupby(cards, lambda card: _group(found, card[0]))]
    firsts = [each[0][0] for each in groups]
    return [
        (_heading(found, first.rank, first.place), _weeks(found, each), each)
        for first, each in zip(firsts, groups, strict=True)
    ]


def _group(found: OfferSearch, hit: Hit) -> object:
    """What the cards under one heading share; cheaper than the heading itself."""
    if found.sort != Sort.DATE:
        return None
    day = wall_date(starts_of(hit.place))
    return hit.rank if found.q else (day.year, day.month)


def _heading(found: OfferSearch, rank: int, place: int) -> str:
    if found.sort == Sort.NEWEST:
        return gettext("Newest first")
    if found.sort == Sort.DISTANCE:
        return gettext("Nearest first")
    if not found.q:
        return month_name(starts_of(place))
    return gettext("Found elsewhere in the text") if rank else gettext("Found in the title")


def _weeks(found: OfferSearch, cards: Cards) -> str:
    if found.q or found.sort != Sort.DATE:
        return ""
    days = [starts_of(cards[place][0].place) for place in (0, -1)]
    return "–".join(dict.fromkeys(week(day) for day in days))


def _heading_above(found: OfferSearch, after: str) -> str:
    """The heading under which the next part of the list goes on: it stands there already."""
    key = key_of(after)
    return _heading(found, *key) if key else ""


def _feed_address(wishes: list[Wish]) -> str:
    language = current_language()
    own = [("language", language)] if language != DEFAULT else []
    return site().base_url + address("/offers.ics", [*unsorted(wishes), *own])


@blueprint.get(FILTERS)
@for_everybody
def filters() -> ResponseReturnValue:
    """The filters, with how many offers each choice would leave: part of the list, or a page without JavaScript."""
    found, slips = asked(request.args)
    wishes, at = wishes_in(found), now()
    names = {region.code: region.name for region in regions()}
    choices = _choices(found, names, at)
    count = counts(found, choices, now=at)
    groups = [
        (name, LEGENDS[name], [_choice(found, names, name, value, count[name, value]) for value in values])
        for name, values in choices.items()
    ]
    return page(
        "market/filters.html",
        block="facets",
        **common(found, wishes, slips),
        groups=groups,
        ways=[(path, gettext(name)) for path, name in VIEWS.items() if path != SEARCH],
    )


Choice = tuple[str, str, str, bool]
"""A value, its words, how many offers there are ("99+"), and whether it is chosen."""


def _choice(found: OfferSearch, names: Mapping[str, str], name: str, value: str, count: int) -> Choice:
    is_chosen = found.free if name == "free" else value in getattr(found, name)
    return value, label(name, value, names), f"{MOST}+" if count > MOST else str(count), is_chosen


def _choices(found: OfferSearch, names: Mapping[str, str], at: datetime) -> dict[str, list[str]]:
    known = {name: list(values) for name, values in options().items()}
    known["time_basis"] = [
        value for value in known["time_basis"] if value not in HOLIDAYS or value in _holidays(found)
    ]
    months = [*_months(at), *found.month]
    known |= {"month": sorted(set(months)), "region": [*names]}
    return {name: known[name] for name in LEGENDS if known[name]}


def _holidays(found: OfferSearch) -> set[str]:
    """The school holidays of the visitor's own school; of all zones for who has none. What is chosen stays there."""
    zones = own_zones()
    own = {value for value, (zone, _) in ZONES.items() if zone in zones}
    return (own or set(HOLIDAYS)) | set(found.time_basis)


def _months(at: datetime) -> list[str]:
    months = [f"{wall_date(at):%Y-%m}"]
    while len(months) < MONTHS:
        months.append(month_after(months[-1]))
    return months


@blueprint.get("/offers.ics")
@for_machines
def feed() -> ResponseReturnValue:
    """A search as a calendar to subscribe to: the same from midnight to midnight, unless something changes.

    Claims take seats without a change number, so where free places are asked for the entries themselves are compared.
    """
    found, at = asked(request.args)[0], now()
    wishes, standing, day_at = wishes_in(found), standing_of(found), start_of_day(wall_date(at))
    words = [said(wish, wishes, standing.region_names) for wish in wishes]
    name = " · ".join([site().name, *filter(None, words)])
    ask = partial(public_entries, found, now=day_at, words=standing.words)
    entries = ask() if found.free else None
    return calendar_answer(
        etag_parts=(FEED_VERSION, standing.number, day_at, wishes, current_language(), name, entries),
        changed_at=at if found.free else max(standing.changed_at or day_at, day_at),
        body=lambda: calendar(ask() if entries is None else entries, name=name),
        filename="offers.ics",
    )

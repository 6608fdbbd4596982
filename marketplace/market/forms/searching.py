"""The search form: what somebody looks for, read from an address and written into one again."""

import re
from collections.abc import Container, Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from marketplace.formats.playbooks import formats
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_, gettext
from marketplace.kernel.wording import month_name, plain_day
from marketplace.offers.facts import AUDIENCES, OfferSearch, Sort
from marketplace.offers.listed import DURATIONS, EASES, HOLIDAYS, TIMES
from marketplace.organisations.facts import PROFILES, SECTORS
from marketplace.regions.towns import Town, town_named
from marketplace.safety.facts import Access

Wish = tuple[str, str]
"""The name of a search fact and a wanted value, as they stand in an address."""

SEARCH = "/offers"
FILTERS = "/offers/filters"
SAVE = "/offers/save"
MONTH = "/offers/month"
WEEK = "/offers/week"
TABLE = "/offers/table"
MAP = "/offers/map"
WORDS_LIMIT = 100
YEARS = range(2000, 2101)
"""Dates outside these are slips: no moment is there."""
FARTHEST = 400
"""Kilometres that an address may name at most; it may name others than there are to choose from."""
LEGENDS = {
    "format": N_("Form"),
    "month": N_("Month"),
    "time_basis": N_("Time"),
    "duration": N_("Duration"),
    "free": N_("Places"),
    "ease": N_("Easy to come to"),
    "profile": N_("Profile"),
    "sector": N_("Sector"),
    "audience": N_("For whom"),
    "access": N_("Access"),
    "region": N_("Region"),
}
"""The filters of which several values may be chosen, in the order in which they stand."""
ACCESS = {
    Access.NONE: N_("Nothing needed"),
    Access.GATE_INSTRUCTION: N_("Gate instruction"),
    Access.GPI: N_("GPI required"),
    Access.B_VCA: N_("B-VCA required"),
    Access.VOL_VCA: N_("VOL-VCA required"),
}
VIEWS = {
    SEARCH: N_("List"),
    MONTH: N_("Calendar"),
    TABLE: N_("Table"),
    MAP: N_("Map"),
}
"""The ways in which what is found can be shown."""
SORTS = {
    Sort.DATE: N_("Date"),
    Sort.DISTANCE: N_("Distance"),
    Sort.NEWEST: N_("Newest"),
}
BAD_DATE = Refusal(
    N_("A date was not understood and is left out. Write it as 9-2-2027 or choose it from the calendar.")
)
TURNED_ROUND = Refusal(N_("The last day lies before the first day."))
BAD_DISTANCE = Refusal(N_("The distance was not understood and is left out. Choose it from the list."))
NO_TOWN = Refusal(N_("Fill in a town too, to search or sort by distance."))
UNKNOWN_TOWN = N_("We do not know the town “%(town)s”, so it is left out. Fill in a town in the Netherlands.")


def options() -> dict[str, Mapping[str, str]]:
    """By filter, the values that never change, with their names; translated when said."""
    return {
        "format": {slug: form.name for slug, form in formats().items()},
        "time_basis": {**TIMES, **HOLIDAYS},
        "duration": DURATIONS,
        "free": {"1": N_("With free places")},
        "ease": {str(ease): name for ease, name in EASES.items()},
        "profile": PROFILES,
        "sector": SECTORS,
        "audience": AUDIENCES,
        "access": {str(access): name for access, name in ACCESS.items()},
    }


def asked(args: MultiDict[str, str]) -> tuple[OfferSearch, list[Refusal]]:
    """What an address asks for, and what of it could not be followed. Values that do not exist are left out."""
    days = {name: _day(args.get(name, "")) for name in ("from", "until")}
    known = {name: _known(args.getlist(name), names) for name, names in options().items() if name != "free"}
    near = town_named(_words(args.get("near", "")))
    found = OfferSearch(
        q=_words(args.get("q", "")),
        from_day=days["from"],
        until_day=days["until"],
        near=near,
        within=_kilometres(args.get("within", "")),
        free=args.get("free") == "1",
        month=tuple(dict.fromkeys(filter(_is_month, args.getlist("month")))),
        region=tuple(dict.fromkeys(filter(_is_code, args.getlist("region")))),
        sort=_sort(args.get("sort", ""), near),
        **known,
    )
    return found, list(_slips(args, found))


def _slips(args: MultiDict[str, str], found: OfferSearch) -> Iterable[Refusal]:
    if any(
        args.get(name, "").strip() and not day
        for name, day in (("from", found.from_day), ("until", found.until_day))
    ):
        yield BAD_DATE
    if found.from_day and found.until_day and found.until_day < found.from_day:
        yield TURNED_ROUND
    if (town := _words(args.get("near", ""))) and not found.near:
        yield Refusal(UNKNOWN_TOWN, {"town": town})
    elif not found.near and (found.within or args.get("sort") == Sort.DISTANCE):
        yield NO_TOWN
    if args.get("within", "").strip() and not found.within:
        yield BAD_DISTANCE


def day_asked(args: MultiDict[str, str]) -> tuple[date | None, list[Refusal]]:
    """The day that a calendar is to show, and what of it could not be followed."""
    day = _day(args.get("day", ""))
    return day, [BAD_DATE] if args.get("day", "").strip() and not day else []


def _known(values: Iterable[str], names: Container[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(value for value in values if value in names))


def _words(text: str) -> str:
    """The words on one line without control characters; what nobody types is cut off."""
    printable = "".join(each if each.isprintable() else " " for each in text[: 10 * WORDS_LIMIT])
    return " ".join(printable.split())[:WORDS_LIMIT].strip()


def _day(text: str) -> date | None:
    """2027-02-09 as browsers send it, or 9-2-2027 as people type it where there is no calendar to choose from."""
    parts = text.strip().split("-")
    if len(parts[-1]) == 4:
        parts.reverse()
    try:
        day = date(*(int(part) for part in parts))
    except (ValueError, TypeError, OverflowError):
        return None
    return day if day.year in YEARS else None


def _kilometres(text: str) -> int:
    return int(text) if re.fullmatch("[0-9]{1,3}", text) and int(text) <= FARTHEST else 0


def _sort(text: str, near: Town | None) -> Sort:
    """By date, unless something else is asked for that can be."""
    return Sort(text) if text == Sort.NEWEST or (text == Sort.DISTANCE and near) else Sort.DATE


def _is_month(text: str) -> bool:
    return bool(re.fullmatch("20[0-9]{2}-(0[1-9]|1[0-2])", text))


def _is_code(text: str) -> bool:
    return bool(re.fullmatch("[0-9A-Z]{1,16}", text))


def wishes_in(search: OfferSearch) -> list[Wish]:
    """The wishes of a search, and nothing else, in one fixed order."""
    several = [(name, value) for name in LEGENDS if name != "free" for value in getattr(search, name)]
    days = [("from", search.from_day), ("until", search.until_day)]
    return [
        *([("q", search.q)] if search.q else []),
        *([("near", search.near.name)] if search.near else []),
        *([("within", str(search.within))] if search.near and search.within else []),
        *several,
        *((name, day.isoformat()) for name, day in days if day),
        *([("free", "1")] if search.free else []),
        *([("sort", search.sort)] if search.sort != Sort.DATE else []),
    ]


def unsorted(wishes: Iterable[Wish]) -> list[Wish]:
    """What a search finds, without the order in which it is shown."""
    return [wish for wish in wishes if wish[0] != "sort"]


def address(path: str, wishes: Iterable[Wish]) -> str:
    """The address of a search, with only the wishes in it."""
    query = urlencode(list(wishes))
    return f"{path}?{query}" if query else path


def chips(
    wishes: list[Wish], regions: Mapping[str, str], path: str = SEARCH, stays: Iterable[Wish] = ()
) -> list[tuple[str, str]]:
    """For each choice the address at `path` of the search without it, and its words. `regions` are names by code.

    What the page itself asks for besides, the day of a calendar, is in `stays`.
    """
    return [
        (address(path, [*(each for each in wishes if not _goes_with(each, wish)), *stays]), words)
        for wish in wishes
        if (words := said(wish, wishes, regions))
    ]


def _goes_with(each: Wish, wish: Wish) -> bool:
    """Without a town there is no distance either."""
    return each == wish or (wish[0] == "near" and each in (("sort", "distance"), ("within", each[1])))


def said(wish: Wish, wishes: Iterable[Wish], regions: Mapping[str, str]) -> str:
    """A wish in the language in force; empty for what another one says along, and for the order."""
    name, value = wish
    if name in ("within", "sort"):
        return ""
    if name == "q":
        return f"“{value}”"
    if name == "near":
        within = dict(wishes).get("within")
        if within:
            return gettext("Within %(km)s km of %(town)s", km=within, town=value)
        return gettext("Seen from %(town)s", town=value)
    if name == "from":
        return gettext("From %(day)s", day=plain_day(date.fromisoformat(value)))
    if name == "until":
        return gettext("Until %(day)s", day=plain_day(date.fromisoformat(value)))
    return label(name, value, regions)


def label(name: str, value: str, regions: Mapping[str, str]) -> str:
    """The name of a filter's value, in the language in force."""
    if name == "month":
        return month_name(date.fromisoformat(f"{value}-01"))
    if name == "region":
        return regions.get(value, value)
    return gettext(options()[name][value])

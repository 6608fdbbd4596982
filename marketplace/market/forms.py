"""The search form: what somebody looks for, read from an address and written into one again."""

from collections.abc import Container, Iterable, Mapping
from datetime import date
from urllib.parse import urlencode

from werkzeug.datastructures import MultiDict

from marketplace.formats.playbooks import formats
from marketplace.kernel.texts import N_, gettext
from marketplace.kernel.wording import plain_day
from marketplace.offers.facts import AUDIENCES, OfferSearch
from marketplace.organisations.facts import PROFILES, SECTORS

Wish = tuple[str, str]
"""The name of a search fact and a wanted value, as they stand in an address."""

SEARCH = "/offers"
WORDS_LIMIT = 100
YEARS = range(2000, 2101)
"""Dates outside these are slips: no moment is there."""
LEGENDS = {
    "format": N_("Form"),
    "audience": N_("For whom"),
    "profile": N_("Profile"),
    "sector": N_("Sector"),
}


def options() -> dict[str, Mapping[str, str]]:
    """By search fact of which several may be chosen: the values with their names, translated when said."""
    return {
        "format": {slug: form.name for slug, form in formats().items()},
        "audience": AUDIENCES,
        "profile": PROFILES,
        "sector": SECTORS,
    }


def asked(args: MultiDict[str, str]) -> tuple[OfferSearch, bool]:
    """What an address asks for, and whether a date in it is none. Values that do not exist are left out."""
    days = {name: _day(args.get(name, "")) for name in ("from", "until")}
    chosen = {name: _known(args.getlist(name), names) for name, names in options().items()}
    wishes = OfferSearch(
        q=_words(args.get("q", "")),
        from_day=days["from"],
        until_day=days["until"],
        free=args.get("free") == "1",
        **chosen,
    )
    return wishes, any(args.get(name, "").strip() and day is None for name, day in days.items())


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


def wishes_in(search: OfferSearch) -> list[Wish]:
    """The wishes of a search, and nothing else, in one fixed order."""
    several = [(name, value) for name in LEGENDS for value in getattr(search, name)]
    days = [("from", search.from_day), ("until", search.until_day)]
    return [
        *([("q", search.q)] if search.q else []),
        *several,
        *((name, day.isoformat()) for name, day in days if day),
        *([("free", "1")] if search.free else []),
    ]


def address(path: str, wishes: Iterable[Wish]) -> str:
    """The address of a search, with only the wishes in it."""
    query = urlencode(list(wishes))
    return f"{path}?{query}" if query else path


def chips(wishes: list[Wish]) -> list[tuple[str, str]]:
    """For each wish the address of the search without it, and its words."""
    return [(address(SEARCH, (each for each in wishes if each != wish)), said(wish)) for wish in wishes]


def said(wish: Wish) -> str:
    """A wish in the language in force."""
    name, value = wish
    if name == "q":
        return f"“{value}”"
    if name == "from":
        return gettext("From %(day)s", day=plain_day(date.fromisoformat(value)))
    if name == "until":
        return gettext("Until %(day)s", day=plain_day(date.fromisoformat(value)))
    if name == "free":
        return gettext("With free places")
    return gettext(options()[name][value])

"""The same search as a table and as a map with a list of its towns."""

from flask import request
from flask.typing import ResponseReturnValue

from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext, ngettext
from marketplace.kernel.wording import fold
from marketplace.market.facts.drawing import Circle, drawn
from marketplace.market.forms.searching import (
    ACCESS,
    MAP,
    SEARCH,
    TABLE,
    VIEWS,
    Wish,
    address,
    asked,
    wishes_in,
)
from marketplace.market.views.room import blueprint
from marketplace.market.views.searching import shape_page
from marketplace.offers.queries import TOWNS, card_of, places, search
from marketplace.regions.towns import town_at
from marketplace.web.guards import for_everybody

ROWS = 50


@blueprint.get(TABLE)
@for_everybody
def table() -> ResponseReturnValue:
    """What is found in a table, fifty rows at a time: for who compares, and for paper."""
    (found, slips), at, after = asked(request.args), now(), request.args.get("after", "")
    here = search(found, now=at, after=after, size=ROWS)
    wishes, shown = wishes_in(found), [card_of(each) for each in here.hits]
    return shape_page(
        "market/_table.html",
        found=found,
        slips=slips,
        path=TABLE,
        name=gettext(VIEWS[TABLE]),
        cards=shown,
        count=len(shown),
        access={each: gettext(name) for each, name in ACCESS.items()},
        is_continued=bool(after),
        beginning=address(TABLE, wishes),
        more=address(TABLE, [*wishes, ("after", here.next_key)]) if here.next_key else "",
        now=at,
    )


@blueprint.get(MAP)
@for_everybody
def map_of_towns() -> ResponseReturnValue:
    """Where what is found is: a circle for each town, and the same towns as a list."""
    found, slips = asked(request.args)
    wishes, there = wishes_in(found), places(found, now=now())
    circles = [
        Circle(town, each.count, _near(wishes, town.name))
        for each in there
        if each.latitude and each.longitude and (town := town_at(each.latitude, each.longitude))
    ]
    return shape_page(
        "market/_map.html",
        found=found,
        slips=slips,
        path=MAP,
        heading=ngettext("Activities in %(num)s town", "Activities in %(num)s towns", len(circles)),
        sorts={},
        count=len(there),
        circles=sorted(circles, key=lambda each: fold(each.town.name).lstrip("'")),
        drawing=drawn(circles),
        elsewhere=sum(each.count for each in there) - sum(each.count for each in circles),
        is_cut=len(there) == TOWNS,
    )


def _near(wishes: list[Wish], town: str) -> str:
    """The address of the list of the same search in one town alone."""
    others = [wish for wish in wishes if wish[0] not in ("near", "within")]
    return address(SEARCH, [("near", town), ("within", "1"), *others])

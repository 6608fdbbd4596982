"""The first page of the desk: what waits for you."""

from datetime import date, datetime

from flask.typing import ResponseReturnValue

from marketplace.claims import queries as claims
from marketplace.desk import first_steps
from marketplace.desk.views.claims import rows
from marketplace.desk.views.desk import blueprint, for_desk, my_regions
from marketplace.kernel.clock import now
from marketplace.kernel.database import at_once
from marketplace.kernel.times import start_of_day, wall_date
from marketplace.offers import queries as offers
from marketplace.web.pages import page

FIRST = 5


@blueprint.get("/desk")
@for_desk
def front() -> ResponseReturnValue:
    """Numbers, the claims that wait longest, and the offers to check."""
    at = now()
    waiting = claims.to_decide(my_regions(), now=at, limit=FIRST)
    since, until = quarter(at)
    lapsed, on_the_way, *answers = at_once(
        claims.how_many_lapsed(my_regions(), now=at),
        claims.how_many_on_the_way(my_regions(), since=since, until=until),
        *first_steps.questions(my_regions()),
    )
    return page(
        "desk/front.html",
        rows=rows(waiting),
        offers=offers.offers_to_check(my_regions())[:FIRST],
        lapsed=lapsed,
        on_the_way=on_the_way,
        steps=first_steps.to_go(answers),
        now=at,
    )


def quarter(at: datetime) -> tuple[datetime, datetime]:
    """The beginning and the end of the calendar quarter of an instant."""
    day = wall_date(at)
    first = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
    following = date(first.year + first.month // 10, (first.month + 2) % 12 + 1, 1)
    return start_of_day(first), start_of_day(following)

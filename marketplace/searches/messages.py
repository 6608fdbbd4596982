"""The letter that tells what is new in a saved search, and the link that stops it."""

from collections.abc import Sequence
from datetime import datetime

from marketplace.claims.facts import visit_to
from marketplace.kernel import addresses, signing
from marketplace.offers.models import Slot
from marketplace.outbox import actions as outbox
from marketplace.outbox.facts import Draft
from marketplace.people.facts import receiver
from marketplace.searches import rules
from marketplace.searches.facts import STOPPING
from marketplace.searches.models import SavedSearch


def mail_news(
    search: SavedSearch, slots: Sequence[Slot], more: int, *, until: datetime, now: datetime
) -> None:
    """To who keeps the search: these moments are new, and so many `more`. No mail log of a region shows it."""
    stream, person = f"saved_search:{search.code}", search.person
    facts = {
        "name": search.name,
        "moments": [visit_to(slot) for slot in slots],
        "more": more,
        "link": addresses.search(search.query),
        "searches_link": addresses.saved_searches(),
        "now": now,
    }
    draft = Draft(
        "saved_search",
        receiver(person),
        f"{stream}:{until.isoformat()}",
        stream,
        facts,
        {"person": person.code},
        not_after=now + rules.WORTH,
        unsubscribe=stop_link(search),
    )
    outbox.write(draft, now=now)


def stop_link(search: SavedSearch) -> str:
    """The link behind which the mails about a search stop, without signing in."""
    return addresses.stop_search(signing.sign(STOPPING, [search.code]))

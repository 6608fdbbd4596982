"""What `notice.typ` prints, in the language in force: an offer on paper, for the notice board in a staff room."""

from dataclasses import asdict
from typing import Any

from marketplace.documents.facts import Notice
from marketplace.kernel.site import site
from marketplace.kernel.texts import current_language, gettext

NOTICE = "notice.typ"


def notice_data(notice: Notice) -> dict[str, Any]:
    """What `NOTICE` prints: what one will do there, when, and a code that leads to where one signs up."""
    return {
        "title": gettext("Poster: %(title)s", title=notice.title),
        "author": site().name,
        "language": current_language(),
        "labels": {
            "activity": gettext("What you will do yourself"),
            "learning": gettext("What you learn"),
            "moments": gettext("Moments"),
            "later": gettext("More moments are on the page."),
            "no_moments": gettext("New moments appear on the page."),
            "practical": gettext("Good to know"),
            "places": gettext("How many places are free stands on the page."),
            "scan": gettext("Scan and sign up"),
            "as_of": gettext("As of"),
        },
        "codes": {notice.link: gettext("QR code to %(address)s", address=notice.link)},
        "notice": asdict(notice),
    }

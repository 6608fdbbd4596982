"""Where the link in an optional letter leads: one click and such letters stop, without signing in."""

from flask import request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.account.views.room import blueprint
from marketplace.kernel.clock import now
from marketplace.kernel.texts import speak
from marketplace.people import actions as people
from marketplace.people.models import Person
from marketplace.people.queries import stopping
from marketplace.people.states import OPTIONAL_LETTERS, OptionalLetter
from marketplace.web.guards import csrf_exempt, for_everybody
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import visitor


@blueprint.get("/unsubscribe/<token>")
@for_everybody
def unsubscribe(token: str) -> ResponseReturnValue:
    """Shows which letters stop, and for whom. Opening it changes nothing: mail scanners do so too."""
    return _page(token, *stopping(token))


@blueprint.post("/unsubscribe/<token>")
@for_everybody
@csrf_exempt
def stop_letter(token: str) -> ResponseReturnValue:
    """Stops them. A mail program that asks for it is not sent on elsewhere (RFC 8058 3.1), a browser is."""
    person, letter = stopping(token)
    people.stop_letter(person=person, letter=letter, now=now())
    if request.form.get("List-Unsubscribe") == "One-Click":
        return _page(token, person, letter)
    return go_to(url_for("account.unsubscribe", token=token))


def _page(token: str, person: Person, letter: OptionalLetter) -> ResponseReturnValue:
    """In the language of the letter, unless the visitor chose one."""
    if visitor() is None and "language" not in cookie:
        speak(person.language)
    return page(
        "account/unsubscribe.html",
        token=token,
        name=person.first_name,
        letter=OPTIONAL_LETTERS[letter],
        is_stopped=letter in person.mutes,
    )

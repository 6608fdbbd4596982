"""The pages of a demonstration: sign in as anybody, read everybody's mail, see all parts of the pages."""

from flask import Blueprint, Response, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.demo.roles import ROLES
from marketplace.demo.styleguide import examples
from marketplace.documents.rendering import render
from marketplace.kernel.errors import NotFound
from marketplace.kernel.texts import gettext
from marketplace.outbox.queries import document_of, letter_with, letters_to, receivers
from marketplace.people.queries import people, person_at
from marketplace.people.states import ROLE_NAMES
from marketplace.web.documents import pdf_answer
from marketplace.web.guards import for_everybody
from marketplace.web.letters import framed, headers_in, with_frame
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import begin_sign_in

blueprint = Blueprint("demo", __name__)

PEOPLE_SHOWN = 100


@blueprint.get("/demo")
@for_everybody
def front() -> ResponseReturnValue:
    """Who you can be."""
    chosen = [(role, person) for role in ROLES if (person := person_at(role.email))]
    others = [each for each in people(PEOPLE_SHOWN) if each.email not in {role.email for role in ROLES}]
    return page("demo/front.html", chosen=chosen, others=others, role_names=ROLE_NAMES)


@blueprint.post("/demo")
@for_everybody
def sign_in_as() -> ResponseReturnValue:
    """Signs in as somebody, without a letter."""
    person = person_at(request.form.get("email", ""))
    if person is None:
        raise NotFound
    begin_sign_in(person.session_key)
    start = next((role.start for role in ROLES if role.email == person.email), url_for("market.front"))
    return go_to(start, say_ok=gettext("You are now signed in as %(name)s.", name=person.name))


@blueprint.get("/mailbox")
@for_everybody
def mailbox() -> ResponseReturnValue:
    """All mail, newest first, or that to one address."""
    address = request.args.get("to", "").replace("\0", "")  # which PostgreSQL takes in no text
    return page(
        "demo/mailbox.html", letters=letters_to(address or None), receivers=receivers(), chosen=address
    )


@blueprint.get("/mailbox/<int(max=2147483647):number>")
@for_everybody
def letter(number: int) -> ResponseReturnValue:
    """A letter as its receiver sees it, as text, its invite, or its headers."""
    found = letter_with(number)
    answer = page(
        "demo/letter.html",
        letter=found,
        view=request.args.get("view", "html"),
        headers=headers_in(found.octets),
        invite=(found.calendar or b"").decode(),
    )
    return with_frame(answer)


@blueprint.get("/mailbox/<int(max=2147483647):number>/html")
@for_everybody
def letter_html(number: int) -> ResponseReturnValue:
    """The HTML part alone, for a frame."""
    return framed(letter_with(number).html)


@blueprint.get("/mailbox/<int(max=2147483647):number>/invite.ics")
@for_everybody
def invite(number: int) -> ResponseReturnValue:
    """The invite as a file."""
    found = letter_with(number)
    if not found.calendar:
        raise NotFound
    head = {"Content-Disposition": 'attachment; filename="invite.ics"'}
    return Response(found.calendar, mimetype="text/calendar", headers=head)


@blueprint.get("/mailbox/<int(max=2147483647):number>/enclosure.pdf")
@for_everybody
def enclosure(number: int) -> ResponseReturnValue:
    """The PDF that goes along."""
    found = letter_with(number)
    made = document_of(found)
    if made is None:
        raise NotFound
    return pdf_answer(
        digest=made.digest,
        body=lambda: render(made.template, made.data, made_at=made.asked_at),
        filename=found.document_name,
    )


@blueprint.get("/styleguide")
@for_everybody
def styleguide() -> ResponseReturnValue:
    """Every part of the pages in its states."""
    return page("demo/styleguide.html", examples=examples())

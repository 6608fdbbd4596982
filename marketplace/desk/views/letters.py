"""The mail log: which letters left, which did not and why, and what to do about them."""

from collections.abc import Callable
from typing import Any

from flask import Response, request, url_for
from flask.typing import ResponseReturnValue

from marketplace.desk.views.desk import blueprint, for_desk, my_region_codes
from marketplace.documents.rendering import render
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import N_, gettext, say
from marketplace.outbox import actions, queries
from marketplace.outbox.models import Letter
from marketplace.outbox.rules import why_not_give_up, why_not_send_again
from marketplace.outbox.states import WAITING, LetterState
from marketplace.web.documents import pdf_answer
from marketplace.web.letters import framed, headers_in, with_frame
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me

SHOWN = 30
WORDS_LIMIT = 100
CHOICES = {
    "failed": ((LetterState.FAILED,), N_("Failed")),
    "waiting": (WAITING, N_("Waiting to be sent")),
    "sent": ((LetterState.SENT,), N_("Sent")),
    "dropped": ((LetterState.DROPPED,), N_("Dropped")),
}
"""By what an address says: the states, and what that is called."""


@blueprint.get("/desk/letters")
@for_desk
def letters() -> ResponseReturnValue:
    """The letters of the visitor's regions, newest first; with htmx only those that follow."""
    wishes = {name: _printable(request.args.get(name, "")) for name in ("q", "state")}
    states, _ = CHOICES.get(wishes["state"], ((), ""))
    found = queries.letters_in(
        my_region_codes(), search=wishes["q"], states=states, before_id=_before(), limit=SHOWN + 1
    )
    shown = found[:SHOWN]
    older = {**wishes, "before": shown[-1].code} if len(found) > SHOWN else {}
    return page(
        "desk/letters.html",
        block="letters",
        letters=shown,
        wishes=wishes,
        choices={name: label for name, (_, label) in CHOICES.items()},
        older=url_for("desk.letters", **_said(older)) if older else "",
        newest=url_for("desk.letters", **_said(wishes)),
        is_continued="before" in request.args,
        now=now(),
    )


def _said(wishes: dict[str, str]) -> dict[str, Any]:
    return {name: value for name, value in wishes.items() if value}


def _printable(text: str) -> str:
    return "".join(each if each.isprintable() else " " for each in text)[:WORDS_LIMIT].strip()


def _before() -> int | None:
    """The row id of the letter after which the list goes on."""
    code = request.args.get("before", "")
    return queries.letter_in(my_region_codes(), _printable(code)).id if code else None


@blueprint.get("/desk/letters/<code>")
@for_desk
def letter(code: str) -> ResponseReturnValue:
    """One letter as it was received, and what became of it."""
    return _show(_mine(code))


@blueprint.get("/desk/letters/<code>/html")
@for_desk
def letter_html(code: str) -> ResponseReturnValue:
    """The HTML part alone, for a frame."""
    found = _mine(code)
    if not _is_readable(found):
        raise NotFound
    return framed(found.html)


@blueprint.get("/desk/letters/<code>/enclosure.pdf")
@for_desk
def enclosure(code: str) -> ResponseReturnValue:
    """The PDF that goes along, made anew from the same facts."""
    found = _mine(code)
    made = queries.document_of(found)
    if made is None or not _is_readable(found):
        raise NotFound
    return pdf_answer(
        digest=made.digest,
        body=lambda: render(made.template, made.data, made_at=made.asked_at),
        filename=found.document_name,
    )


@blueprint.post("/desk/letters/<code>/again")
@for_desk
def send_again(code: str) -> ResponseReturnValue:
    """Once more, with the same octets."""
    return _act(code, actions.send_again, gettext("The letter is sent again."))


@blueprint.post("/desk/letters/<code>/give-up")
@for_desk
def give_up(code: str) -> ResponseReturnValue:
    """It need not leave any more."""
    return _act(code, actions.give_up, gettext("The letter is not tried any more."))


def _mine(code: str) -> Letter:
    return queries.letter_in(my_region_codes(), code)


def _act(code: str, action: Callable[..., None], done: str) -> ResponseReturnValue:
    try:
        action(letter=_mine(code), by=me().code, now=now())
    except Refused as refused:
        session.rollback()
        return _show(_mine(code), refusal=say(refused.refusal), status=409)
    return go_to(url_for("desk.letter", code=code), say_ok=done)


def _is_readable(found: Letter) -> bool:
    """Not what opens a door, nor what was wiped."""
    return bool(found.text) and not found.is_secret


def _show(found: Letter, *, refusal: str = "", status: int = 200) -> Response:
    is_readable, at = _is_readable(found), now()
    answer = page(
        "desk/letter.html",
        letter=found,
        is_readable=is_readable,
        view=request.args.get("view", "html"),
        headers=headers_in(found.octets) if is_readable else [],
        invite=(found.calendar or b"").decode() if is_readable else "",
        document=queries.document_of(found) if is_readable else None,
        can_send_again=why_not_send_again(found, at) is None,
        can_give_up=why_not_give_up(found) is None,
        refusal=refusal,
        now=at,
        status=status,
    )
    return with_frame(answer)

"""Signing in by a mailed link or code, and signing out."""

import secrets

from flask import redirect, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.account.forms import CodeForm, LinkForm, SignInForm
from marketplace.account.views.room import blueprint
from marketplace.kernel import database
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import DEFAULT, current_language, gettext
from marketplace.organisations.actions import KVK_TAKEN
from marketplace.people import actions as people
from marketplace.people.actions import Welcome
from marketplace.people.facts import SignUp
from marketplace.people.queries import person_with, sign_in_for
from marketplace.people.states import Role
from marketplace.web.forms import Form
from marketplace.web.guards import for_everybody, for_signed_in
from marketplace.web.pages import go_to, local_path, page, refuse
from marketplace.web.visitors import begin_sign_in, end_sign_in, me, visitor

HOMES = ((Role.COORDINATOR, "desk.front"), (Role.HOST_CONTACT, "host.offers"))
"""Where somebody begins who was not on the way to a page; the others begin at the market."""


@blueprint.get("/sign-in")
@for_everybody
def sign_in() -> ResponseReturnValue:
    """Asks for the address; who is signed in already goes on."""
    next_page = local_path(request.args.get("next", ""))
    if visitor():
        return redirect(next_page or url_for("market.front"))
    return page("account/sign_in.html", form=SignInForm(next=next_page))


@blueprint.post("/sign-in")
@for_everybody
def ask_sign_in() -> ResponseReturnValue:
    """Mails a letter to an address that is known; the answer is the same for one that is not."""
    form = SignInForm()
    if not form.validate_on_submit():
        return page("account/sign_in.html", status=422, form=form)
    try:
        return mail_letter(form.email.data or "", local_path(form.next.data or ""))
    except Refused as error:
        return too_many(error, form, "account/sign_in.html")


def mail_letter(email: str, next_page: str = "", sign_up: SignUp | None = None) -> ResponseReturnValue:
    """Asks for a sign-in letter, and remembers in this browser for whom. Raises Refused as that does."""
    browser = cookie.get("browser") or secrets.token_urlsafe(24)
    asked = people.ask_sign_in(email=email, browser=browser, next_page=next_page, sign_up=sign_up, now=now())
    cookie.update(browser=browser, asked=asked, signs_up=sign_up is not None)
    return go_to(url_for("account.letter_sent"))


def too_many(error: Refused, form: Form, template: str) -> ResponseReturnValue:
    """The form again, after too many letters in an hour."""
    database.session.rollback()
    form.refuse(error.refusal, "email")
    return page(template, status=429, form=form)


@blueprint.get("/sign-in/code")
@for_everybody
def letter_sent() -> ResponseReturnValue:
    """Says that a letter is on its way if we know the address, and takes the code."""
    if "asked" not in cookie:
        return redirect(url_for("account.sign_in"))
    return _letter_sent(CodeForm())


def _letter_sent(form: CodeForm, status: int = 200) -> ResponseReturnValue:
    return page(
        "account/letter_sent.html",
        status=status,
        form=form,
        email=cookie["asked"],
        signs_up=cookie.get("signs_up", False),
    )


@blueprint.post("/sign-in/code")
@for_everybody
def enter_code() -> ResponseReturnValue:
    """Signs in with the code. The try is counted and committed before the code is compared: no crash makes one free."""
    if "asked" not in cookie:
        return go_to(url_for("account.sign_in"))
    form, asked = CodeForm(), {"email": cookie["asked"], "browser": cookie["browser"], "now": now()}
    if not form.validate_on_submit():
        return _letter_sent(form, 422)
    try:
        with database.transaction():
            people.count_try(**asked)
        return _begin(people.sign_in_with_code(code=form.code.data or "", **asked))
    except Refused as error:
        if error.refusal is KVK_TAKEN:
            raise
        database.session.rollback()
        form.refuse(error.refusal, "code")
        return _letter_sent(form, 422)


@blueprint.get("/sign-in/<token>")
@for_everybody
def sign_in_link(token: str) -> ResponseReturnValue:
    """Shows a button and changes nothing: programs that look into mail open every link."""
    if sign_in_for(people.digest(token), now()) is None:
        return _link_gone()
    return page("account/sign_in_link.html", form=LinkForm(), asks_email=False)


@blueprint.post("/sign-in/<token>")
@for_everybody
def follow_link(token: str) -> ResponseReturnValue:
    """Signs in the browser that asked; another one is asked for the address first."""
    form = LinkForm()
    is_fine = form.validate_on_submit()
    email = (form.email.data or "") if is_fine else ""
    try:
        welcome = people.sign_in_with_link(
            token=token, browser=cookie.get("browser", ""), email=email, now=now()
        )
    except Refused as error:
        if error.refusal is KVK_TAKEN:
            raise
        database.session.rollback()
        if error.refusal is people.LINK_GONE:
            return _link_gone()
        if is_fine and email:
            form.refuse(error.refusal, "email")
        return page(
            "account/sign_in_link.html", status=422 if form.errors else 200, form=form, asks_email=True
        )
    return _begin(welcome)


def _link_gone() -> ResponseReturnValue:
    return page("account/link_gone.html", status=410)


def _begin(welcome: Welcome) -> ResponseReturnValue:
    """From here on this browser is that person, on the page that they were going to."""
    roles = {each.role for each in welcome.person.memberships}
    home = next((endpoint for role, endpoint in HOMES if role in roles), "market.front")
    begin_sign_in(welcome.person.session_key)
    address = local_path(welcome.next_page) or url_for(home)
    return refuse(address, welcome.refusal) if welcome.refusal else go_to(address)


@blueprint.post("/sign-out")
@for_everybody
def sign_out() -> ResponseReturnValue:
    """Signs out this browser."""
    return _end(gettext("You are signed out."))


@blueprint.post("/sign-out-everywhere")
@for_signed_in
def sign_out_everywhere() -> ResponseReturnValue:
    """Signs out all browsers of this person."""
    people.end_all_sign_ins(person=person_with(me().code), now=now())
    return _end(gettext("You are signed out everywhere."))


def _end(said: str) -> ResponseReturnValue:
    """The front page, in the language that was spoken."""
    end_sign_in()
    if current_language() != DEFAULT:
        cookie["language"] = current_language()
    return go_to(url_for("market.front"), say_ok=said)

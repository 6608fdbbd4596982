"""Signing up: as school staff, or as a company."""

from collections.abc import Callable
from typing import Any

from flask.typing import ResponseReturnValue

from marketplace.account.forms import CompanyForm, SchoolForm
from marketplace.account.views.room import blueprint
from marketplace.account.views.signing_in import mail_letter, too_many
from marketplace.kernel import database
from marketplace.kernel.clock import now
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import current_language
from marketplace.organisations.actions import KVK_TAKEN
from marketplace.people import actions as people
from marketplace.people.facts import CompanySignUp, StaffSignUp
from marketplace.people.queries import schools
from marketplace.regions.queries import regions
from marketplace.web.forms import Form
from marketplace.web.guards import for_everybody
from marketplace.web.pages import page

SCHOOL, COMPANY = "account/sign_up_school.html", "account/sign_up_company.html"


@blueprint.get("/sign-up")
@for_everybody
def sign_up() -> ResponseReturnValue:
    """Asks for whom: a school or a company."""
    return page("account/sign_up.html")


@blueprint.get("/sign-up/school")
@for_everybody
def school_form() -> ResponseReturnValue:
    """The form for school staff."""
    return page(SCHOOL, form=_school_form())


@blueprint.post("/sign-up/school")
@for_everybody
def sign_up_school() -> ResponseReturnValue:
    """Takes in somebody who works at a school."""
    form = _school_form()
    return _take_in(form, SCHOOL, lambda known: people.sign_up_staff(form=StaffSignUp(**known), **_context()))


@blueprint.get("/sign-up/company")
@for_everybody
def company_form() -> ResponseReturnValue:
    """The form for companies."""
    return page(COMPANY, form=_company_form())


@blueprint.post("/sign-up/company")
@for_everybody
def sign_up_company() -> ResponseReturnValue:
    """Takes in a company with its first contact."""
    form = _company_form()
    return _take_in(
        form, COMPANY, lambda known: people.sign_up_company(form=CompanySignUp(**known), **_context())
    )


def _context() -> dict[str, Any]:
    return {"language": current_language(), "now": now()}


def _take_in(form: Form, template: str, take_in: Callable[[dict[str, Any]], str]) -> ResponseReturnValue:
    """One form, one action, and then a sign-in letter to whoever filled it in."""
    if not form.validate_on_submit():
        return page(template, status=422, form=form)
    known = {name: value for name, value in form.data.items() if name != "csrf_token"}
    try:
        email = take_in(known)
    except Refused as error:
        database.session.rollback()
        form.refuse(error.refusal, "kvk" if error.refusal is KVK_TAKEN else "")
        return page(template, status=422, form=form)
    try:
        return mail_letter(email)
    except Refused as error:
        return too_many(error, form, template)


def _school_form() -> SchoolForm:
    form = SchoolForm()
    form.offer("school", {school.code: school.name for school in schools()})
    return form


def _company_form() -> CompanyForm:
    form = CompanyForm()
    form.offer("region", {region.code: region.name for region in regions()})
    return form

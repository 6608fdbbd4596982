"""Signing up: as school staff, or as a company."""

from flask.typing import ResponseReturnValue

from marketplace.account.forms import CompanyForm, SchoolForm
from marketplace.account.views.room import blueprint
from marketplace.account.views.signing_in import mail_letter, too_many
from marketplace.kernel import database
from marketplace.kernel.errors import Refused
from marketplace.kernel.texts import current_language
from marketplace.organisations.actions import KVK_TAKEN
from marketplace.people import actions as people
from marketplace.people.facts import CompanySignUp, SignUp, StaffSignUp
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
    """Mails somebody who works at a school a letter to finish signing up with."""
    return _sign_up(_school_form(), SCHOOL, StaffSignUp)


@blueprint.get("/sign-up/company")
@for_everybody
def company_form() -> ResponseReturnValue:
    """The form for companies."""
    return page(COMPANY, form=_company_form())


@blueprint.post("/sign-up/company")
@for_everybody
def sign_up_company() -> ResponseReturnValue:
    """Mails the first contact of a company a letter to finish signing up with."""
    return _sign_up(_company_form(), COMPANY, CompanySignUp)


def _sign_up(form: Form, template: str, kind: type[SignUp]) -> ResponseReturnValue:
    """Nothing is made yet: the address may be anybody's. The answer is the same for one that is known."""
    if not form.validate_on_submit():
        return page(template, status=422, form=form)
    known = {name: value for name, value in form.data.items() if name != "csrf_token"}
    sign_up = kind(**known, language=current_language())
    try:
        return mail_letter(sign_up.email, sign_up=sign_up)
    except Refused as error:
        if error.refusal is people.TOO_MANY_LETTERS:
            return too_many(error, form, template)
        database.session.rollback()
        form.refuse(error.refusal, "kvk" if error.refusal is KVK_TAKEN else "")
        return page(template, status=422, form=form)


def _school_form() -> SchoolForm:
    form = SchoolForm()
    form.offer("school", {school.code: school.name for school in schools()})
    return form


def _company_form() -> CompanyForm:
    form = CompanyForm()
    form.offer("region", {region.code: region.name for region in regions()})
    return form

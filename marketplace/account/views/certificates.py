"""The safety certificates that somebody keeps, and which of their places wait for one."""

from flask import request, url_for
from flask.typing import ResponseReturnValue

from marketplace.account.forms import CertificateForm
from marketplace.account.views.room import blueprint
from marketplace.claims.actions import add_certificate as keep
from marketplace.claims.facts import claim_facts
from marketplace.claims.queries import on_condition
from marketplace.claims.rules import lacks_certificate
from marketplace.kernel.clock import now
from marketplace.kernel.database import session
from marketplace.kernel.errors import NotFound, Refused
from marketplace.kernel.texts import gettext
from marketplace.kernel.times import wall_date
from marketplace.people import actions as people
from marketplace.people.facts import certificate_facts
from marketplace.people.queries import names_of, person_with
from marketplace.people.states import CERTIFICATES
from marketplace.web.guards import for_signed_in
from marketplace.web.pages import go_to, page
from marketplace.web.visitors import me


@blueprint.get("/profile/certificates")
@for_signed_in
def certificates() -> ResponseReturnValue:
    """What the visitor has, and a form for more."""
    return _page(CertificateForm(formdata=None))


@blueprint.post("/profile/certificates")
@for_signed_in
def add_certificate() -> ResponseReturnValue:
    """Keeps a certificate."""
    form = CertificateForm()
    if not form.validate_on_submit():
        return _page(form, status=422)
    try:
        keep(
            person=person_with(me().code),
            kind=form.kind.data,
            number=form.number.data or "",
            valid_until=form.valid_until.data,
            now=now(),
        )
    except Refused as error:
        session.rollback()
        form.refuse(error.refusal, "valid_until")
        return _page(form, status=422)
    return go_to(url_for("account.certificates"), say_ok=gettext("The certificate was added."))


@blueprint.post("/profile/certificates/remove")
@for_signed_in
def remove_certificate() -> ResponseReturnValue:
    """Forgets a certificate."""
    number = request.form.get("certificate", "")
    if not number.isascii() or not number.isdecimal() or len(number) > 9:
        raise NotFound
    people.remove_certificate(person=person_with(me().code), certificate_id=int(number), now=now())
    return go_to(url_for("account.certificates"), say_ok=gettext("The certificate was removed."))


def _page(form: CertificateForm, *, status: int = 200) -> ResponseReturnValue:
    person = person_with(me().code)
    held = [certificate_facts(each) for each in person.certificates]
    waiting = on_condition(now=now(), person_id=person.id)
    return page(
        "account/certificates.html",
        status=status,
        held=held,
        waiting=[claim_facts(each) for each in waiting if lacks_certificate(person, each.slot)],
        form=form,
        names=names_of(each.seen_by for each in held if each.seen_by),
        certificate_names=CERTIFICATES,
        today=wall_date(now()),
    )

"""What people keep about themselves: name, function, language, and which letters they want."""

from flask import abort, request, url_for
from flask import session as cookie
from flask.typing import ResponseReturnValue

from marketplace.account.forms import LANGUAGE_NAMES, LettersForm, ProfileForm
from marketplace.account.views.room import blueprint
from marketplace.kernel.clock import now
from marketplace.kernel.texts import gettext, in_language, speak
from marketplace.people import actions as people
from marketplace.people.models import Person
from marketplace.people.queries import person_with
from marketplace.people.rules import letters_for
from marketplace.people.states import ROLE_NAMES, Role
from marketplace.safety.catalogue import SIZE_NAMES, sizes
from marketplace.web.guards import csrf_exempt, for_everybody, for_signed_in
from marketplace.web.pages import go_to, local_path, page
from marketplace.web.visitors import me, visitor


@blueprint.get("/profile")
@for_signed_in
def profile() -> ResponseReturnValue:
    """What we know of the visitor."""
    person = person_with(me().code)
    return _profile(person, _profile_form(person))


@blueprint.post("/profile")
@for_signed_in
def change_profile() -> ResponseReturnValue:
    """Writes what the visitor says about themselves."""
    person = person_with(me().code)
    form = _profile_form(person)
    if not form.validate_on_submit():
        return _profile(person, form, status=422)
    kept = {"function": person.function, "subjects": person.subjects, "profiles": person.profiles}
    said = {**kept, **form.data}
    said.pop("csrf_token", None)
    people.change_profile(person=person, **said, now=now())
    speak(person.language)
    return go_to(url_for("account.profile"), say_ok=gettext("Your profile was saved."))


@blueprint.post("/profile/letters")
@for_signed_in
def choose_letters() -> ResponseReturnValue:
    """Writes which letters the visitor wants."""
    person, offered = person_with(me().code), letters_for(me().roles)
    form = LettersForm()
    form.offer(offered)
    if not form.validate_on_submit():
        return _profile(person, _profile_form(person, is_sent=False), letters_form=form, status=422)
    people.choose_letters(person=person, wanted=form.letters.data or [], among=offered, now=now())
    return go_to(url_for("account.profile"), say_ok=gettext("Your choice of mails was saved."))


@blueprint.post("/profile/sizes/forget")
@for_signed_in
def forget_sizes() -> ResponseReturnValue:
    """Forgets the sizes that were kept for the next time."""
    people.forget_sizes(person=person_with(me().code), now=now())
    return go_to(url_for("account.profile"), say_ok=gettext("Your sizes were removed."))


@blueprint.post("/language")
@for_everybody
@csrf_exempt
def switch_language() -> ResponseReturnValue:
    """Speaks another language from now on: to the person if signed in, else to this browser."""
    language = request.form.get("language", "")
    if language not in LANGUAGE_NAMES:
        abort(400)
    if who := visitor():
        people.change_language(person=person_with(who.code), language=language)
    else:
        cookie["language"] = language
    return go_to(local_path(request.form.get("next", "")) or url_for("market.front"))


def _profile_form(person: Person, *, is_sent: bool = True) -> ProfileForm:
    """The form with what we know; fields for school staff only for them."""
    form = ProfileForm(obj=person) if is_sent else ProfileForm(formdata=None, obj=person)
    if not me().has(Role.PARTICIPANT):
        del form.function, form.subjects, form.profiles
    return form


def _letters_form(person: Person) -> LettersForm:
    """The form with a tick for what is not stopped; nothing to choose for who gets none of them."""
    offered = letters_for(me().roles)
    wanted = [each for each in offered if each not in person.mutes]
    form = LettersForm(formdata=None, data={"letters": wanted})
    form.offer(offered)
    return form


def _sizes(person: Person) -> list[tuple[str, str]]:
    """What is kept, in words."""
    return [
        (gettext(SIZE_NAMES[kind]), in_language(dict(sizes(kind))[size]))
        for kind, size in person.sizes.items()
        if size in dict(sizes(kind))
    ]


def _profile(
    person: Person,
    form: ProfileForm,
    *,
    letters_form: LettersForm | None = None,
    status: int = 200,
) -> ResponseReturnValue:
    return page(
        "account/profile.html",
        status=status,
        person=person,
        form=form,
        letters_form=letters_form or _letters_form(person),
        sizes=_sizes(person),
        role_names=ROLE_NAMES,
    )

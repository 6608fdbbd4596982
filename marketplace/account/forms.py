"""What people fill in about themselves."""

from collections.abc import Callable, Iterable, Mapping
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    EmailField,
    HiddenField,
    SelectField,
    SelectMultipleField,
    StringField,
    TelField,
)
from wtforms.validators import ValidationError

from marketplace.feeds.facts import Choices
from marketplace.feeds.states import DAYS_BACK, STEPS_NAMES, FeedKind
from marketplace.kernel.errors import Refusal, Refused
from marketplace.kernel.texts import N_, say
from marketplace.organisations.facts import PROFILES, SECTORS
from marketplace.people import rules
from marketplace.people.states import CERTIFICATES, FUNCTIONS, OPTIONAL_LETTERS, OptionalLetter
from marketplace.searches.rules import NAME_LIMIT
from marketplace.searches.states import ALERT_NAMES
from marketplace.web.forms import (
    CHOOSE,
    Chosen,
    Filled,
    Form,
    Limited,
    Readable,
    choice,
    choices,
    clean,
    line,
)

LANGUAGE_NAMES = {"nl": "Nederlands", "en": "English"}


class Fits:
    """Asks a rule why a text cannot be: one that answers with a refusal, or one that raises it."""

    def __init__(self, rule: Callable[[str], Refusal | str | None]) -> None:
        self.rule = rule

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            return
        try:
            answer = self.rule(field.data)
        except Refused as error:
            answer = error.refusal
        if isinstance(answer, Refusal):
            raise ValidationError(say(answer))


def _email() -> EmailField:
    return EmailField(
        N_("E-mail address"),
        [Filled(N_("Enter your e-mail address.")), Limited(254), Fits(rules.normal_email)],
        filters=[clean],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )


def _choice(label: str, names: Mapping[str, str], required: str) -> SelectField:
    return SelectField(label, [Filled(required), Chosen(required)], choices=[CHOOSE, *choices(names)])


def _name() -> StringField:
    return line(
        N_("Your name"),
        limit=rules.NAME_LIMIT,
        required=N_("Enter your name."),
        hint=N_("As your colleagues know you."),
        autocomplete="name",
    )


def _subjects() -> StringField:
    return line(
        N_("Subjects"), limit=200, hint=N_("Which subjects or profiles you teach, such as PIE or physics.")
    )


class SignInForm(Form):
    """Who wants to sign in, and where they were going."""

    email = _email()
    next = HiddenField()


class CodeForm(Form):
    """The code of the letter; spaces in it do no harm."""

    code = StringField(
        N_("Code"),
        [Filled(N_("Type the six digits of the letter.")), Fits(rules.why_not_code)],
        filters=[lambda text: "".join((text or "").split())],
        render_kw={"inputmode": "numeric", "autocomplete": "one-time-code", "size": 8},
    )


class LinkForm(Form):
    """The button of a mailed link; in another browser than the one that asked, the address as well."""

    email = EmailField(
        N_("E-mail address"),
        [Limited(254), Fits(rules.normal_email)],
        filters=[clean],
        render_kw={"autocomplete": "email", "spellcheck": "false"},
    )


class _ByCode(Form):
    """A form with a choice from what is in the database."""

    def offer(self, field: str, names: Mapping[str, str]) -> None:
        """Gives a field its choices, by code."""
        self[field].choices = [CHOOSE, *choices(names)]


class SchoolForm(_ByCode):
    """Somebody who works at a school."""

    name = _name()
    email = _email()
    school = _choice(N_("School"), {}, N_("Choose your school from the list."))
    function = _choice(N_("Function"), FUNCTIONS, N_("Choose your function from the list."))
    subjects = _subjects()


class CompanyForm(_ByCode):
    """A company with its first contact."""

    name = _name()
    email = _email()
    company = line(
        N_("Name of the company"),
        limit=120,
        required=N_("Enter the name of the company."),
        autocomplete="organization",
    )
    kvk = StringField(
        N_("KvK number"),
        [Filled(N_("Enter the KvK number: eight digits.")), Fits(rules.why_not_kvk)],
        filters=[lambda text: "".join((text or "").split())],
        description=N_("Eight digits. They are on your invoices and at kvk.nl."),
        render_kw={"inputmode": "numeric", "autocomplete": "off"},
    )
    sector = _choice(N_("Sector"), SECTORS, N_("Choose a sector from the list."))
    region = _choice(N_("Region"), {}, N_("Choose a region from the list."))
    street = line(
        N_("Street and number"),
        limit=120,
        required=N_("Enter street and number."),
        hint=N_("Where you receive people."),
        autocomplete="address-line1",
    )
    postcode = StringField(
        N_("Postcode"),
        [Filled(N_("Enter a postcode such as 7941 AB.")), Fits(rules.why_not_postcode)],
        filters=[clean],
        render_kw={"autocomplete": "postal-code"},
    )
    town = line(N_("Town"), limit=80, required=N_("Enter the town."), autocomplete="address-level2")
    phone = TelField(
        N_("Telephone"),
        [Limited(30)],
        filters=[clean],
        description=N_("For participants who cannot find you on the day itself."),
        render_kw={"autocomplete": "tel"},
    )
    website = StringField(
        N_("Website"),
        [Limited(200), Fits(rules.normal_website)],
        filters=[clean],
        render_kw={"autocomplete": "url", "inputmode": "url"},
    )


class ProfileForm(Form):
    """What somebody says about themselves. Function, subjects and profiles are asked of school staff only."""

    name = _name()
    function = _choice(N_("Function"), FUNCTIONS, N_("Choose your function from the list."))
    subjects = _subjects()
    profiles = SelectMultipleField(
        N_("Profiles"),
        [Chosen(is_required=False)],
        choices=choices(PROFILES),
        description=N_("Which vmbo profiles you teach in. Mails about new activities go by them."),
    )
    language = SelectField(N_("Language of pages and letters"), [Chosen()], choices=choices(LANGUAGE_NAMES))


class LettersForm(Form):
    """Which of the letters that can be missed somebody wants."""

    letters = SelectMultipleField(
        N_("Mail me"),
        [Chosen()],
        description=N_("Confirmations, changes and what to bring always reach you."),
    )

    def offer(self, letters: Iterable[OptionalLetter]) -> None:
        """Gives the choices that somebody has."""
        self.letters.choices = choices({each: OPTIONAL_LETTERS[each] for each in letters})


class SavedSearchForm(Form):
    """What a saved search is called, and how often somebody hears of it."""

    name = line(N_("Name of this search"), limit=NAME_LIMIT, required=N_("Give the search a name."))
    alert = SelectField(N_("Mail me what is new"), [Chosen()], choices=choices(ALERT_NAMES))


class ChoicesForm(Form):
    """What somebody wants to see in a calendar feed."""

    days_back = SelectField(
        N_("What is over"),
        [Chosen()],
        choices=[choice(days, name) for days, name in DAYS_BACK.items()],
        coerce=int,
    )
    has_pending = BooleanField(
        N_("Claims that are not approved yet"),
        description=N_("They show as tentative."),
    )
    steps = SelectField(
        N_("Steps of the playbook"),
        [Chosen()],
        choices=choices(STEPS_NAMES),
        description=N_("As entries of a whole day: when to invite, to remind, to look back."),
    )

    def fit(self, kind: FeedKind) -> None:
        """Leaves out what cannot be chosen for this kind of feed."""
        if kind is not FeedKind.OWN:
            del self.has_pending
        if kind is not FeedKind.REGION:
            del self.steps

    def said(self) -> Choices:
        """What was chosen."""
        wanted = {each.short_name: each.data for each in self}
        wanted.pop("csrf_token")
        return Choices(**wanted)


class CertificateForm(Form):
    """A certificate that somebody has."""

    kind = _choice(N_("Certificate"), CERTIFICATES, N_("Choose a certificate from the list."))
    number = line(N_("Number"), limit=40, hint=N_("As it stands on the card."), autocomplete="off")
    valid_until = DateField(
        N_("Valid until"),
        [Readable(N_("Enter the date that is on the certificate."), is_required=False)],
        description=N_("MVK and HVK have no such date."),
    )

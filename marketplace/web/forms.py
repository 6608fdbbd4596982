"""What all forms share: messages in the visitor's language, texts that are clean and not too long, one-time keys."""

import secrets
import unicodedata
from collections.abc import Mapping
from typing import Any, Self

from flask import request
from flask_wtf import FlaskForm
from werkzeug.datastructures import MultiDict
from wtforms import HiddenField, StringField, TextAreaField
from wtforms.fields import SelectChoice  # type: ignore[attr-defined]  # the stubs lag behind
from wtforms.validators import StopValidation, ValidationError

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_, current_language, gettext, say

NAME_LIMIT = 100
"""No field of ours has a longer name."""


class Form(FlaskForm):
    """A form of ours. `refuse` shows what a rule said, above the fields or beside one."""

    class Meta(FlaskForm.Meta):
        """WTForms has Dutch messages of its own."""

        @property
        def locales(self) -> list[str]:
            return [current_language()]

        cache_translations = False

        def wrap_formdata(self, form: Any, formdata: Any) -> MultiDict[str, str] | None:
            """What a page of ours sends, and nothing that only programs do: no JSON, no files, no names of no field."""
            if formdata is None or request.method != "POST":
                return None
            sent = request.form.items(multi=True)
            return MultiDict(
                (name, value) for name, value in sent if name.isascii() and len(name) <= NAME_LIMIT
            )

    def refuse(self, refusal: Refusal, field: str = "") -> None:
        """Adds a refusal to the form's errors, so that it is shown with what was filled in."""
        if field:
            self[field].errors = [*self[field].errors, say(refusal)]
        else:
            self.form_errors.append(say(refusal))


class ReasonForm(Form):
    """A form that asks why, in a field `reason` of its own words."""

    reason: TextAreaField

    def about(self, code: str) -> Self:
        """The same form with an id of its own, for a page that holds one for each claim."""
        self.reason.id = f"reason-{code}"
        return self


def clean(text: str | None) -> str:
    """Text as it is kept: composed (NFC), without spaces around it, line ends as \\n."""
    return unicodedata.normalize("NFC", (text or "").replace("\r\n", "\n").replace("\r", "\n")).strip()


class Limited:
    """At most so many characters, none of which is a control character; line ends only in areas."""

    def __init__(self, limit: int, *, has_lines: bool = False) -> None:
        self.limit = limit
        self.allowed = "\n\t" if has_lines else ""
        self.field_flags = {"maxlength": limit}

    def __call__(self, form: Any, field: Any) -> None:
        text = field.data or ""
        if len(text) > self.limit:
            raise ValidationError(gettext("Shorten this to %(limit)s characters.", limit=self.limit))
        if any(unicodedata.category(c) in {"Cc", "Cs"} and c not in self.allowed for c in text):
            raise ValidationError(gettext("Remove the invisible control characters from this text."))


class OneTimeForm(Form):
    """A form that makes something: sent twice, it makes it once."""

    one_time_key = HiddenField(validators=[Limited(64)], default=lambda: secrets.token_urlsafe(16))


class Filled:
    """May not stay empty; says what to do instead of what is wrong."""

    field_flags = {"required": True}

    def __init__(self, message: str = N_("Fill this in.")) -> None:
        self.message = message

    def __call__(self, form: Any, field: Any) -> None:
        if not field.data:
            raise ValidationError(gettext(self.message))


class Readable:
    """One sentence of ours for a number, day or time that is missing, cannot be read, or lies outside its bounds."""

    def __init__(self, message: str, low: Any = None, high: Any = None, *, is_required: bool = True) -> None:
        self.message, self.low, self.high = message, low, high
        self.field_flags = {"required": True} if is_required else {"optional": True}

    def __call__(self, form: Any, field: Any) -> None:
        value = field.data
        is_empty = not any(text.strip() for text in field.raw_data or [])
        is_low = value is not None and self.low is not None and value < self.low
        is_high = value is not None and self.high is not None and value > self.high
        is_fine = value is not None and not (field.process_errors or is_low or is_high)
        field.errors.clear()  # what WTForms said when it could not read the value
        if not (is_fine or (is_empty and "optional" in self.field_flags)):
            raise StopValidation(gettext(self.message, low=self.low, high=self.high))


class Chosen:
    """One of the choices, or nothing but choices; says what to do instead of what is wrong."""

    def __init__(self, message: str = N_("Choose from the list."), *, is_required: bool = True) -> None:
        self.message = message
        self.field_flags = {"required": True} if is_required else {"optional": True}

    def __call__(self, form: Any, field: Any) -> None:
        chosen = field.data if isinstance(field.data, list) else [field.data]
        if not set(chosen) <= {choice.value for choice in field.iter_choices()}:
            field.errors.clear()
            raise StopValidation(gettext(self.message))


def line(label: str, *, limit: int, required: str = "", hint: str = "", **kw: Any) -> StringField:
    """A text of one line. `required` is what an empty one is told; empty means it may stay so."""
    rules = [*([Filled(required)] if required else []), Limited(limit)]
    return StringField(label, rules, filters=[clean], description=hint, render_kw=kw or None)


def area(
    label: str, *, limit: int, required: str = "", hint: str = "", rows: int = 4, **kw: Any
) -> TextAreaField:
    """A text of several lines."""
    rules = [*([Filled(required)] if required else []), Limited(limit, has_lines=True)]
    return TextAreaField(label, rules, filters=[clean], description=hint, render_kw={"rows": rows, **kw})


def choice(value: object, label: str) -> SelectChoice:
    """One choice of a field; a label that is marked for translation is said by the template."""
    return SelectChoice(value, label)


CHOOSE = choice("", N_("Choose"))
"""Stands in a list as long as nothing is chosen."""


def choices(names: Mapping[str, str]) -> list[SelectChoice]:
    """Choices from names by value."""
    return [choice(value, name) for value, name in names.items()]

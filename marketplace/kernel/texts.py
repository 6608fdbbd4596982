"""The language in force and the messages in it: one context variable for pages, letters and calendar texts.

English stands in the source; `translations/nl` holds the Dutch, which is complete and the default.
"""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import cache
from pathlib import Path

from babel.support import NullTranslations, Translations
from jinja2 import Environment, pass_eval_context
from jinja2.nodes import EvalContext
from markupsafe import Markup

from marketplace.kernel.errors import Refusal

LANGUAGES = ("nl", "en")
DEFAULT = "nl"
FOLDER = Path(__file__).parents[2] / "translations"

_language: ContextVar[str] = ContextVar("language", default=DEFAULT)


def N_(message: str) -> str:
    """Marks a message for translation where it is kept now and said later."""
    return message


def current_language() -> str:
    """The language in which pages, letters and entries are being made now: "nl" or "en"."""
    return _language.get()


def speak(language: str) -> None:
    """Sets the language for what follows in this context (a request); an unknown one means the default."""
    _language.set(language if language in LANGUAGES else DEFAULT)


@contextmanager
def speaking(language: str) -> Iterator[None]:
    """Within the block `language` is in force; afterwards the one before it again."""
    before = _language.set(language if language in LANGUAGES else DEFAULT)
    try:
        yield
    finally:
        _language.reset(before)


@cache
def _catalogue(language: str) -> NullTranslations:
    return Translations.load(FOLDER, [language])


def gettext(message: str, **params: object) -> str:
    """The message in the language in force, with `%(name)s` filled in."""
    text = _catalogue(current_language()).gettext(message) if message else ""
    return text % params if params else text


def ngettext(singular: str, plural: str, num: int, **params: object) -> str:
    """As `gettext`, in the form for `num`, which is `%(num)s` in the message."""
    return _form_for(singular, plural, num) % {"num": num, **params}


def _form_for(singular: str, plural: str, num: int) -> str:
    return _catalogue(current_language()).ngettext(singular, plural, num)


def teach(environment: Environment) -> None:
    """Gives templates `_` and `ngettext`. In HTML a message is markup, and what is filled in is escaped.

    They stand in for Jinja's own extension, which calls three functions for each message: a fifth of a page's time.
    """
    environment.globals.update(_=_in_template, ngettext=_form_in_template)


@pass_eval_context
def _in_template(context: EvalContext, message: str, **params: object) -> str:
    text = _catalogue(current_language()).gettext(message) if message else ""
    if context.autoescape:
        text = Markup(text)  # our own words, never those of people
    return text % params if params else text


@pass_eval_context
def _form_in_template(context: EvalContext, singular: str, plural: str, num: int, **params: object) -> str:
    text = _form_for(singular, plural, num)
    return (Markup(text) if context.autoescape else text) % {"num": num, **params}


def say(refusal: Refusal) -> str:
    """A refusal as a sentence in the language in force."""
    return gettext(refusal.message, **refusal.params)


def in_language(names: Mapping[str, str]) -> str:
    """The name in the language in force, of data that carries both: {"nl": …, "en": …}."""
    return names.get(current_language()) or names[DEFAULT]

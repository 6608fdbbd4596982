"""The blueprint that the pages hang on, and whose pages they are."""

from flask import Blueprint

from marketplace.people.queries import organisations_of
from marketplace.people.states import Role
from marketplace.web.visitors import me

blueprint = Blueprint("host", __name__)


def ours() -> set[str]:
    """Codes of the organisations that the visitor is host contact of; other roles at other ones do not count."""
    return organisations_of(me().code, Role.HOST_CONTACT)

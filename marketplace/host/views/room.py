"""The blueprint that the pages hang on, and whose pages they are."""

from flask import Blueprint

from marketplace.people.states import Role
from marketplace.web.visitors import me

blueprint = Blueprint("host", __name__)


def ours() -> set[str]:
    """Codes of the organisations that the visitor is host contact of."""
    return me().organisations_as(Role.HOST_CONTACT)

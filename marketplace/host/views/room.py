"""The blueprint that the pages hang on, and whose pages they are."""

from flask import Blueprint

from marketplace.kernel.errors import NotFound
from marketplace.organisations.models import Organisation
from marketplace.organisations.queries import organisation_with
from marketplace.people.states import Role
from marketplace.web.visitors import me

blueprint = Blueprint("host", __name__)


def ours() -> set[str]:
    """Codes of the organisations that the visitor is host contact of."""
    return me().organisations_as(Role.HOST_CONTACT)


def our_organisation(code: str) -> Organisation:
    """One of those. NotFound otherwise."""
    if code not in ours():
        raise NotFound
    return organisation_with(code)

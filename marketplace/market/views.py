"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("market", __name__)


@blueprint.get("/")
@for_everybody
def front():
    return ""

"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("desk", __name__)


@blueprint.get("/desk")
@for_everybody
def front():
    return ""

"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("host", __name__)


@blueprint.get("/host")
@for_everybody
def offers():
    return ""

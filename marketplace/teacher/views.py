"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("teacher", __name__)


@blueprint.get("/claims")
@for_everybody
def claims():
    return ""

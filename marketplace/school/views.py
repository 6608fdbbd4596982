"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("school", __name__)


@blueprint.get("/school")
@for_everybody
def claims():
    return ""

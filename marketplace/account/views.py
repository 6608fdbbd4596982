"""Placeholder, being written."""

from flask import Blueprint

from marketplace.web.guards import for_everybody

blueprint = Blueprint("account", __name__)


@blueprint.get("/sign-in")
@for_everybody
def sign_in():
    return ""


@blueprint.get("/profile")
@for_everybody
def profile():
    return ""

"""The blueprint that the pages hang on."""

from flask import Blueprint

blueprint = Blueprint("market", __name__)

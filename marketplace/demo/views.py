"""Placeholder, being written."""

from flask import Blueprint

blueprint = Blueprint("demo", __name__)

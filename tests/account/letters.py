"""The sign-in letter as its receiver reads it."""

import re

from flask import Flask
from flask.testing import FlaskClient
from werkzeug.test import TestResponse

from tests import steps
from tests.pages import post


def ask(browser: FlaskClient, email: str, next_page: str = "") -> TestResponse:
    """Asks for a letter on the sign-in page."""
    return post(browser, f"/sign-in?next={next_page}" if next_page else "/sign-in", "/sign-in", email=email)


def link_in_letter(app: Flask) -> str:
    """The path of the link in the last letter."""
    found = re.search(r"http://localhost(/sign-in/\S+)", _text(app))
    assert found
    return found[1]


def code_in_letter(app: Flask) -> str:
    """The six digits in the last letter."""
    found = re.search(r"^\d{6}$", _text(app), re.MULTILINE)
    assert found
    return found[0]


def _text(app: Flask) -> str:
    with app.app_context():
        return steps.letters("sign_in")[-1].text


def is_signed_in(browser: FlaskClient) -> bool:
    """Whether a page for those who are signed in opens."""
    return browser.get("/profile").status_code == 200

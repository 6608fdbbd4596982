"""Subscribing as people and programs do it: a link is made on the page, and fetched without any cookie."""

import re
from typing import Any

from flask import Flask
from flask.testing import FlaskClient
from icalendar import Calendar
from werkzeug.test import TestResponse

from tests.pages import form_of, forms_of


def offered(browser: FlaskClient) -> list[str]:
    """The feeds that the page offers to make a link to, or a new one, by key."""
    forms = forms_of(browser.get("/calendar").text)
    return [fields["feed"] for action, fields in forms if action == "/calendar/links"]


def ask_link(browser: FlaskClient, feed: str) -> TestResponse:
    """Asks for a link to a feed, whether the page offers it or not."""
    token = form_of(browser.get("/profile").text)["csrf_token"]
    return browser.post("/calendar/links", data={"csrf_token": token, "feed": feed})


def make_link(browser: FlaskClient, feed: str = "own") -> str:
    """Makes a link and returns its path."""
    assert ask_link(browser, feed).status_code == 303
    text = browser.get("/calendar").text
    found = re.search(rf'id="address-{feed}"[^>]*value="http://localhost(/feeds/[^"]+\.ics)"', text)
    assert found
    return found[1]


def choose(browser: FlaskClient, feed: str, **choices: str) -> TestResponse:
    """Chooses what a feed shows, and leaves the rest of its form as it stands; None unticks a box."""
    forms = forms_of(browser.get("/calendar").text)
    (form,) = (fields for action, fields in forms if action == "/calendar/choices" and fields["feed"] == feed)
    sent = {**form, **{f"{feed}-{name}": value for name, value in choices.items()}}
    return browser.post(
        "/calendar/choices", data={name: value for name, value in sent.items() if value != "off"}
    )


def fetch(app: Flask, path: str, **headers: str) -> TestResponse:
    """What a calendar program gets, with these headers."""
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return app.test_client().get(path, headers=named)


def events(app: Flask, path: str) -> list[Any]:
    """The entries that it finds there."""
    answer = fetch(app, path)
    assert answer.status_code == 200
    return list(Calendar.from_ical(answer.text).walk("VEVENT"))


def summaries(app: Flask, path: str) -> list[str]:
    return [str(event["SUMMARY"]) for event in events(app, path)]

"""Every address says who may come in, and every form that changes something is ours."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from flask import Flask

from tests.conftest import Visit

pytestmark = pytest.mark.one_database
WITHOUT_TOKEN = {"account.switch_language", "account.stop_letter", "account.stop_search"}
"""Views that take a form without a CSRF token; what they do harms nobody."""


def layers(view: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """A view and what its decorators wrapped."""
    yield view
    if inner := getattr(view, "__wrapped__", None):
        yield from layers(inner)


def addresses(app: Flask, method: str) -> list[tuple[str, str]]:
    """Endpoint and path of every route that takes this method, with something for its parts."""
    adapter = app.url_map.bind("localhost")
    return [
        (rule.endpoint, adapter.build(rule.endpoint, dict.fromkeys(rule.arguments, "1"), method=method))
        for rule in app.url_map.iter_rules()
        if method in (rule.methods or ()) and rule.endpoint != "static"
    ]


def test_every_route_has_exactly_one_guard(app: Flask) -> None:
    views = {name: view for name, view in app.view_functions.items() if name != "static"}
    guards = {name: sum("guard" in vars(layer) for layer in layers(view)) for name, view in views.items()}
    assert len(guards) > 30
    assert {name: count for name, count in guards.items() if count != 1} == {}


def test_a_guard_that_names_roles_names_some_that_exist(app: Flask) -> None:
    roles = {"participant", "school_contact", "host_contact", "coordinator", "administrator"}
    for name, view in app.view_functions.items():
        guard = getattr(view, "guard", ())
        if isinstance(guard, tuple):
            assert set(guard) <= roles, name


def test_what_answers_without_session_only_reads(app: Flask) -> None:
    for rule in app.url_map.iter_rules():
        if getattr(app.view_functions[rule.endpoint], "is_sessionless", False):
            assert rule.methods == {"GET", "HEAD", "OPTIONS"}, rule.rule


@pytest.mark.parametrize("who", ["nobody", "teacher"])
def test_every_form_without_a_token_is_refused(app: Flask, client_of: Visit, who: str) -> None:
    browser = client_of(who)
    open_to_others = {
        endpoint
        for endpoint, path in addresses(app, "POST")
        if "This form was not from us" not in browser.post(path).text
    }
    assert open_to_others == WITHOUT_TOKEN


def test_every_page_with_a_guard_asks_a_stranger_to_sign_in(app: Flask, client_of: Visit) -> None:
    browser = client_of("nobody")
    for endpoint, path in addresses(app, "GET"):
        guard = getattr(app.view_functions[endpoint], "guard", "")
        if guard == "signed in" or isinstance(guard, tuple):
            answer = browser.get(path)
            assert (answer.status_code, answer.location.split("?")[0]) == (303, "/sign-in"), endpoint


def test_every_page_for_other_roles_refuses_a_teacher(app: Flask, client_of: Visit) -> None:
    browser = client_of("teacher")
    for endpoint, path in addresses(app, "GET"):
        guard = getattr(app.view_functions[endpoint], "guard", "")
        if isinstance(guard, tuple) and "participant" not in guard:
            assert browser.get(path).status_code == 403, endpoint


@pytest.mark.parametrize("path", ["/", "/calendar", "/sign-up", "/healthz", "/offers.ics"])
def test_reading_sets_no_cookie_for_a_stranger(app: Flask, path: str) -> None:
    answer = app.test_client().get(path)
    assert answer.status_code == 200
    assert "Set-Cookie" not in answer.headers

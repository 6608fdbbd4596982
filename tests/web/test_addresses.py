"""What letters and calendars link to is there."""

import inspect
from collections.abc import Callable
from urllib.parse import urlsplit

import pytest
from flask import Flask

from marketplace.kernel import addresses

FUNCTIONS = [
    each
    for _, each in inspect.getmembers(addresses, inspect.isfunction)
    if each.__module__ == addresses.__name__
]


@pytest.mark.parametrize("function", FUNCTIONS, ids=lambda function: function.__name__)
def test_every_address_has_a_page(sqlite_app: Flask, function: Callable[..., str]) -> None:
    path = urlsplit(function(*["A7K2M9P3QX"] * len(inspect.signature(function).parameters))).path
    endpoint, _ = sqlite_app.url_map.bind("localhost").match(path, method="GET")
    assert endpoint in sqlite_app.view_functions

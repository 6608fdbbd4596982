"""Change numbers: every change is counted, whoever counts at the same moment."""

import threading
from datetime import timedelta

import pytest
from flask import Flask

from marketplace.kernel.changes import EVERYBODY, number_of, raise_at_commit, raise_number
from marketplace.kernel.database import session, transaction
from tests.conftest import NOW

pytestmark = pytest.mark.usefixtures("app_context")

LATER = NOW + timedelta(seconds=5)


def test_nothing_changed_yet() -> None:
    assert number_of(EVERYBODY) == (0, None)


def test_each_change_is_counted_for_its_reader_alone() -> None:
    with transaction():
        raise_number("person:A", NOW)
        raise_number("person:A", LATER)
        raise_number("person:B", NOW)
    assert number_of("person:A") == (2, LATER)
    assert number_of("person:B") == (1, NOW)


def test_the_time_of_the_last_change_never_goes_back() -> None:
    with transaction():
        raise_number("person:A", LATER)
        raise_number("person:A", NOW)
    assert number_of("person:A") == (2, LATER)


def test_a_change_that_was_rolled_back_is_not_counted() -> None:
    raise_number("person:A", NOW)
    session.rollback()
    assert number_of("person:A") == (0, None)


def test_two_transactions_may_count_the_first_change_at_once(app: Flask) -> None:
    failed: list[Exception] = []

    def count_too() -> None:
        try:
            with app.app_context(), transaction():
                raise_number("person:A", LATER)
        except Exception as error:
            failed.append(error)

    other = threading.Thread(target=count_too)
    with transaction():
        raise_number("person:A", NOW)
        other.start()
        other.join(0.2)  # long enough to run into the row that is not committed yet
    other.join()
    assert failed == []
    assert number_of("person:A") == (2, LATER)


def test_what_is_raised_at_the_commit_is_raised_once_for_each_reader() -> None:
    with transaction():
        raise_at_commit("person:B", NOW)
        raise_at_commit("person:A", NOW)
        raise_at_commit("person:B", LATER)
        with session.begin_nested():
            raise_at_commit("person:C", NOW)
        assert number_of("person:A") == (0, None)
    assert [number_of(f"person:{each}") for each in "ABC"] == [(1, NOW), (1, LATER), (1, NOW)]
    with transaction():
        raise_at_commit("person:A", LATER)
    assert number_of("person:A") == (2, LATER)
    assert number_of("person:B") == (1, LATER)


def test_what_was_to_be_raised_at_a_commit_that_never_came_is_forgotten() -> None:
    raise_number("person:C", NOW)
    raise_at_commit("person:A", NOW)
    session.rollback()
    with transaction():
        raise_at_commit("person:B", NOW)
    assert number_of("person:A") == (0, None)

"""A demonstration that runs, for the browser to walk through, and an application that mails for real."""

from collections.abc import Iterator
from dataclasses import replace

import pytest
from flask import Flask

from tests.live import Live, running
from tests.servers import Mailbox


@pytest.fixture
def mailing(app: Flask, mailbox: Mailbox) -> Iterator[Mailbox]:
    """The application mails for real, to the test's server."""
    settings, mail = app.config["SETTINGS"], app.extensions["mail"]
    server, port = mail.server, mail.port
    app.config["SETTINGS"] = replace(settings, is_demo=False)
    mail.server, mail.port = mailbox.host, mailbox.port
    yield mailbox
    app.config["SETTINGS"], mail.server, mail.port = settings, server, port


@pytest.fixture(scope="module")
def demonstration(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demonstration region, on SQLite, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("demonstration")
    with running(f"sqlite:///{folder / 'demo.sqlite'}", None) as live:
        yield live

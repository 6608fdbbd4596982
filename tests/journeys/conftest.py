"""A demonstration that runs, for the browser to walk through, and an application that mails for real."""

import shutil
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

import pytest
from flask import Flask

from tests.live import Live, live_on, made_in, running
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


@pytest.fixture(scope="session")
def region(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with the demonstration region as it was just made, which takes longest."""
    folder = tmp_path_factory.mktemp("region")
    made_in(folder)
    return folder


@pytest.fixture(scope="module")
def demonstration(region: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    """The demonstration region, on SQLite, as `make run` starts it."""
    folder = tmp_path_factory.mktemp("demonstration")
    shutil.copytree(region, folder, dirs_exist_ok=True)
    with running(live_on(f"sqlite:///{folder / 'demo.sqlite'}", None)) as live:
        yield live

"""The servers that other tests lean on do what is asked of them."""

import smtplib
import subprocess
import sys
import time
from pathlib import Path

import pytest
from playwright.sync_api import Page
from sqlalchemy import create_engine, make_url, text

from tests.servers import ROOT, Mailbox, PostgresServer

LETTER = b"From: a@school.example\r\nTo: b@bedrijf.example\r\nSubject: Dag\r\n\r\nRegel een\r\n.punt\r\n"


def send(mailbox: Mailbox, *recipients: str) -> None:
    with smtplib.SMTP(mailbox.host, mailbox.port, timeout=5) as wire:
        wire.sendmail("a@school.example", recipients or ["b@bedrijf.example"], LETTER)


def test_postgresql_answers(postgres_url: str) -> None:
    with create_engine(postgres_url).connect() as connection:
        assert connection.scalar(text("select version()")).startswith("PostgreSQL")


def test_a_copied_database_holds_the_same_and_is_gone_afterwards(
    postgres: PostgresServer, postgres_url: str
) -> None:
    original = create_engine(postgres_url)
    with original.begin() as connection:
        connection.execute(text("create table town as select 'Ede' as name"))
    original.dispose()
    with postgres.database(copy_of=postgres_url) as url:
        copy = create_engine(url)
        with copy.connect() as connection:
            assert connection.scalar(text("select name from town")) == "Ede"
    with create_engine(postgres.url).connect() as connection:
        names = set(connection.scalars(text("select datname from pg_database")))
    assert make_url(url).database not in names


@pytest.mark.postgres
def test_a_killed_test_run_leaves_no_postgresql_behind() -> None:
    killed = subprocess.run(
        [sys.executable, "-c", DIES_WITH_A_SERVER], cwd=ROOT, stdout=subprocess.PIPE, text=True, check=False
    )
    folder = Path(str(make_url(killed.stdout.strip()).query["host"]))
    patience = time.monotonic() + 20
    while folder.exists() and time.monotonic() < patience:
        time.sleep(0.1)
    assert killed.returncode == -9
    assert not folder.exists()


DIES_WITH_A_SERVER = """
import os, signal
from tests.servers import _kept_server
with _kept_server() as server:
    print(server.url, flush=True)
    os.kill(os.getpid(), signal.SIGKILL)
"""


def test_a_mail_arrives_with_its_envelope_and_octets(mailbox: Mailbox) -> None:
    send(mailbox, "b@bedrijf.example", "c@bedrijf.example")
    (mail,) = mailbox.wait_for(1)
    assert mail.octets == LETTER
    assert mail.sender == "a@school.example"
    assert mail.recipients == ("b@bedrijf.example", "c@bedrijf.example")
    assert mail.message["Subject"] == "Dag"


def test_a_mail_can_be_refused_for_now(mailbox: Mailbox) -> None:
    mailbox.refuse("451 4.3.0 later")
    with pytest.raises(smtplib.SMTPDataError) as refusal:
        send(mailbox)
    assert refusal.value.smtp_code == 451
    assert mailbox.messages == []


def test_one_recipient_can_be_refused_for_good(mailbox: Mailbox) -> None:
    mailbox.refuse("550 5.1.1 unknown", recipient="c@bedrijf.example")
    send(mailbox, "b@bedrijf.example", "c@bedrijf.example")
    assert mailbox.wait_for(1)[0].recipients == ("b@bedrijf.example",)


def test_chromium_shows_a_page(page: Page) -> None:
    page.goto("data:text/html,<h1>Dag</h1>")
    assert page.get_by_role("heading").inner_text() == "Dag"

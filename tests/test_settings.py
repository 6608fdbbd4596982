"""Settings: read once, and nonsense is refused with a sentence that says what it should be."""

import dataclasses
import os
import subprocess
import sys
from datetime import timedelta

import pytest

from marketplace.settings import DEMO_SECRET, BadSettings, read
from tests.servers import ROOT

SECRET = "x" * 32
PUBLIC = {"SECRET_KEY": SECRET, "BASE_URL": "https://meeloop.example"}
READING = PUBLIC | {
    "MAIL_DEFAULT_SENDER": "stage@meeloop.example",
    "MAIL_REPLIES_SERVER": "imap.meeloop.example",
    "MAIL_REPLIES_USERNAME": "stage",
    "MAIL_REPLIES_PASSWORD": "opensesame",
}


def test_a_demonstration_needs_nothing_but_its_name() -> None:
    settings = read({"DEMO": "1"})
    assert settings.is_demo
    assert settings.secret_key == DEMO_SECRET
    assert settings.site.base_url == "http://127.0.0.1:5000"
    assert settings.database_url.startswith("sqlite:///")
    assert settings.decision_delay == settings.quiet_time == timedelta(0)


def test_a_real_installation_waits_before_it_writes_to_people() -> None:
    settings = read(PUBLIC)
    assert settings.decision_delay == timedelta(minutes=10)
    assert settings.quiet_time == timedelta(minutes=2)
    assert not settings.is_demo
    assert settings.is_https


def test_what_is_said_is_read() -> None:
    settings = read(
        PUBLIC
        | {
            "SITE_NAME": "Meelopen in Drenthe",
            "BASE_URL": "https://meeloop.example/",
            "DATABASE_URL": "postgresql://meeloop@db/meeloop",
            "DECISION_DELAY": "60",
            "QUIET_TIME": "0",
            "MAIL_SERVER": "smtp.meeloop.example",
            "MAIL_PORT": "587",
            "MAIL_USE_TLS": "yes",
            "MAIL_USERNAME": "meeloop",
            "MAIL_PASSWORD": "secret",
            "MAIL_DEFAULT_SENDER": "stage@meeloop.example",
        }
    )
    assert (settings.site.name, settings.site.base_url) == ("Meelopen in Drenthe", "https://meeloop.example")
    assert settings.site.sender == "stage@meeloop.example"
    assert settings.database_url == "postgresql://meeloop@db/meeloop"
    assert (settings.decision_delay, settings.quiet_time) == (timedelta(minutes=1), timedelta(0))
    assert settings.mail["MAIL_PORT"] == 587
    assert (settings.mail["MAIL_USE_TLS"], settings.mail["MAIL_USE_SSL"]) == (True, False)


def test_replies_are_read_where_a_mailbox_is_named() -> None:
    assert read(PUBLIC).replies is None
    assert not read(PUBLIC).site.reads_replies
    settings = read(READING)
    account = settings.replies
    assert account and settings.site.reads_replies
    assert (account.server, account.port, account.is_ssl) == ("imap.meeloop.example", 993, True)
    assert (account.username, account.password, account.folder) == ("stage", "opensesame", "INBOX")
    assert "opensesame" not in repr(settings)
    other = read(READING | {"MAIL_REPLIES_USE_SSL": "0", "MAIL_REPLIES_FOLDER": "Meeloop"}).replies
    assert other and (other.port, other.is_ssl, other.folder) == (143, False, "Meeloop")


def test_settings_cannot_be_changed_afterwards() -> None:
    with pytest.raises(dataclasses.FrozenInstanceError):
        read({"DEMO": "1"}).is_demo = False  # type: ignore[misc]


@pytest.mark.parametrize(
    ("environment", "sentence"),
    [
        ({}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": ""}, "SECRET_KEY must be set"),
        ({"SECRET_KEY": "short"}, "at least 32 characters"),
        ({"SECRET_KEY": DEMO_SECRET}, "nobody can guess"),
        ({"DEMO": "1", "BASE_URL": "https://meeloop.example"}, "refuses to start on a public BASE_URL"),
        ({"DEMO": "1", "BASE_URL": "http://192.168.1.5:5000"}, "refuses to start on a public BASE_URL"),
        ({"DEMO": "1", "BASE_URL": "http://127.0.0.1.evil.example"}, "public BASE_URL"),
        ({"DEMO": "perhaps"}, "DEMO must be 1 or 0"),
        (PUBLIC | {"BASE_URL": "meeloop.example"}, "BASE_URL must be an address"),
        (PUBLIC | {"BASE_URL": "ftp://meeloop.example"}, "BASE_URL must be an address"),
        (PUBLIC | {"BASE_URL": "https://"}, "BASE_URL must be an address"),
        (PUBLIC | {"BASE_URL": "http://[::1"}, "BASE_URL must be an address"),
        (PUBLIC | {"BASE_URL": "http://localhost:http"}, "BASE_URL must be an address"),
        (PUBLIC | {"BASE_URL": "https://meeloop.example/?page=1"}, "BASE_URL must be an address"),
        (PUBLIC | {"DATABASE_URL": ""}, "DATABASE_URL must begin with"),
        (PUBLIC | {"DATABASE_URL": "mysql://root@localhost/meeloop"}, "DATABASE_URL must begin with"),
        (PUBLIC | {"DATABASE_URL": "postgres://localhost/meeloop"}, "DATABASE_URL must begin with"),
        (PUBLIC | {"DATABASE_URL": "postgresql://localhost:port/meeloop"}, "DATABASE_URL must begin with"),
        (PUBLIC | {"DATABASE_URL": "sqlite://"}, "name a file"),
        (PUBLIC | {"DATABASE_URL": "sqlite:///"}, "name a file"),
        (PUBLIC | {"DATABASE_URL": "sqlite:///:memory:"}, "name a file"),
        (PUBLIC | {"MAIL_PORT": "smtp"}, "MAIL_PORT must be a whole number"),
        (PUBLIC | {"MAIL_PORT": ""}, "MAIL_PORT must be a whole number"),
        (PUBLIC | {"MAIL_USE_TLS": "starttls"}, "MAIL_USE_TLS must be 1 or 0"),
        (PUBLIC | {"DECISION_DELAY": "-5"}, "DECISION_DELAY must be a whole number"),
        (PUBLIC | {"QUIET_TIME": "2m"}, "QUIET_TIME must be a whole number"),
        (PUBLIC | {"MAIL_DEFAULT_SENDER": "Meeloop"}, "MAIL_DEFAULT_SENDER must be a mail address"),
        (PUBLIC | {"MAIL_REPLIES_FOLDER": "Meeloop"}, "MAIL_REPLIES_SERVER must be set too"),
        (READING | {"MAIL_REPLIES_USERNAME": ""}, "MAIL_REPLIES_USERNAME must be set too"),
        (READING | {"MAIL_REPLIES_PASSWORD": ""}, "MAIL_REPLIES_PASSWORD must be set too"),
        (READING | {"MAIL_DEFAULT_SENDER": ""}, "MAIL_DEFAULT_SENDER must be set too"),
        (READING | {"MAIL_REPLIES_PORT": "imaps"}, "MAIL_REPLIES_PORT must be a whole number"),
        (READING | {"MAIL_REPLIES_USE_SSL": "starttls"}, "MAIL_REPLIES_USE_SSL must be 1 or 0"),
        (
            PUBLIC | {"MAIL_DEFAULT_SENDER": "a@x.example\r\nBcc: b@x.example"},
            "MAIL_DEFAULT_SENDER must be a mail address",
        ),
    ],
    ids=lambda value: " ".join(f"{k}={v}" for k, v in value.items()) if isinstance(value, dict) else "",
)
def test_nonsense_is_refused_with_a_sentence(environment: dict[str, str], sentence: str) -> None:
    with pytest.raises(BadSettings) as refusal:
        read(environment)
    assert sentence in str(refusal.value)


def test_an_empty_secret_is_no_secret_in_a_demonstration_either() -> None:
    assert read({"DEMO": "1", "SECRET_KEY": ""}).secret_key == DEMO_SECRET


@pytest.mark.parametrize(
    ("base_url", "sender"),
    [
        ("https://meeloop.example", "meeloop@meeloop.example"),
        ("http://localhost:5000", "meeloop@localhost"),
        ("http://127.0.0.1:5000", "meeloop@demo.example"),
    ],
)
def test_letters_come_from_the_host_unless_something_else_is_said(base_url: str, sender: str) -> None:
    assert read(PUBLIC | {"BASE_URL": base_url}).site.sender == sender


def test_a_server_with_bad_settings_says_why_and_does_not_start() -> None:
    bad = {name: value for name, value in os.environ.items() if name != "SECRET_KEY"} | {"DEMO": "0"}
    started = subprocess.run(
        [sys.executable, "-c", "import wsgi"], cwd=ROOT, env=bad, capture_output=True, text=True, check=False
    )
    assert started.returncode == 1
    assert started.stderr.startswith("Meeloop cannot start. SECRET_KEY must be set")
    assert "Traceback" not in started.stderr

"""Settings: environment variables, read once into one frozen object that refuses nonsense with a clear sentence."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from urllib.parse import urlsplit

from email_validator import EmailNotValidError, validate_email
from sqlalchemy import URL, make_url
from sqlalchemy.exc import ArgumentError

from marketplace.kernel.site import Site
from marketplace.replies.facts import Account

DEMO_SECRET = "a demonstration keeps no secrets"
ROOT = Path(__file__).parents[1]


class BadSettings(Exception):
    """A setting that cannot be; the message says which and what it should be."""


@dataclass(frozen=True, slots=True)
class Settings:
    """How this installation runs."""

    database_url: str
    secret_key: str
    site: Site
    is_demo: bool
    decision_delay: timedelta
    quiet_time: timedelta
    mail: Mapping[str, str | int | bool | None]
    replies: Account | None = None
    """The mailbox of the sender's address; None where nobody reads what comes back."""

    @property
    def is_https(self) -> bool:
        """Whether people reach it through TLS, so that cookies need never travel without."""
        return self.site.base_url.startswith("https:")


def read(environment: Mapping[str, str]) -> Settings:
    """The settings in an environment. Raises BadSettings."""
    is_demo = _flag(environment, "DEMO")
    base_url = environment.get("BASE_URL", "http://127.0.0.1:5000").rstrip("/")
    if not _is_address(base_url):
        raise BadSettings(f"BASE_URL must be an address such as https://meeloop.example, not {base_url!r}.")
    replies = _replies(environment)
    sender = _sender(environment, base_url)
    site = Site(environment.get("SITE_NAME", "Meeloop"), base_url, sender, replies is not None)
    if is_demo and site.is_public:
        raise BadSettings(
            "DEMO lets everybody sign in as anybody, so it refuses to start on a public BASE_URL."
        )
    return Settings(
        database_url=_database(environment),
        secret_key=_secret(environment, is_demo),
        site=site,
        is_demo=is_demo,
        decision_delay=_seconds(environment, "DECISION_DELAY", 0 if is_demo else 600),
        quiet_time=_seconds(environment, "QUIET_TIME", 0 if is_demo else 120),
        mail={
            "MAIL_SERVER": environment.get("MAIL_SERVER", "localhost"),
            "MAIL_PORT": _whole_number(environment, "MAIL_PORT", 25),
            "MAIL_USE_TLS": _flag(environment, "MAIL_USE_TLS"),
            "MAIL_USE_SSL": _flag(environment, "MAIL_USE_SSL"),
            "MAIL_USERNAME": environment.get("MAIL_USERNAME"),
            "MAIL_PASSWORD": environment.get("MAIL_PASSWORD"),
            "MAIL_SUPPRESS_SEND": False,
        },
        replies=replies,
    )


def _is_address(url: str) -> bool:
    try:
        parts = urlsplit(url)
        is_whole = parts.port is None or parts.port > 0
    except ValueError:
        return False
    is_plain = not (parts.query or parts.fragment)
    return parts.scheme in {"http", "https"} and bool(parts.hostname) and is_whole and is_plain


def _database(environment: Mapping[str, str]) -> str:
    """The address of the database. One in memory would forget all, and its worker would never see it."""
    url = environment.get("DATABASE_URL", f"sqlite:///{ROOT / 'instance' / 'meeloop.sqlite'}")
    try:
        parts = make_url(url)
    except (ArgumentError, ValueError):
        parts = URL.create("unreadable")
    is_file = parts.drivername == "sqlite" and parts.database not in {None, "", ":memory:"}
    if not is_file and parts.drivername not in {"postgresql", "postgresql+psycopg"}:
        raise BadSettings("DATABASE_URL must begin with postgresql://, or with sqlite:/// and name a file.")
    return url


def _secret(environment: Mapping[str, str], is_demo: bool) -> str:
    secret = environment.get("SECRET_KEY") or (DEMO_SECRET if is_demo else "")
    if not is_demo and (secret == DEMO_SECRET or len(secret) < 32):
        raise BadSettings("SECRET_KEY must be set, to at least 32 characters that nobody can guess.")
    return secret


def _sender(environment: Mapping[str, str], base_url: str) -> str:
    """The one address that letters and invites come from; a host without a dot gets one that is never delivered to."""
    address = environment.get("MAIL_DEFAULT_SENDER", "")
    if not address:
        host = urlsplit(base_url).hostname or "localhost"
        return f"meeloop@{host}" if any(letter.isalpha() for letter in host) else "meeloop@demo.example"
    try:
        return (
            validate_email(address, check_deliverability=False, test_environment=True).ascii_email or address
        )
    except EmailNotValidError:
        raise BadSettings(f"MAIL_DEFAULT_SENDER must be a mail address, not {address!r}.") from None


def _replies(environment: Mapping[str, str]) -> Account | None:
    """The IMAP mailbox in which the sender's mail arrives; None where it is not said."""
    said = {name for name in environment if name.startswith("MAIL_REPLIES_") and environment[name]}
    if not said:
        return None
    for name in ("MAIL_REPLIES_SERVER", "MAIL_REPLIES_USERNAME", "MAIL_REPLIES_PASSWORD"):
        if name not in said:
            raise BadSettings(f"{name} must be set too, to read replies.")
    if not environment.get("MAIL_DEFAULT_SENDER"):
        raise BadSettings(
            "MAIL_DEFAULT_SENDER must be set too: the address of the mailbox of MAIL_REPLIES_SERVER."
        )
    is_ssl = _flag(environment, "MAIL_REPLIES_USE_SSL", "1")
    return Account(
        server=environment["MAIL_REPLIES_SERVER"],
        port=_whole_number(environment, "MAIL_REPLIES_PORT", 993 if is_ssl else 143),
        username=environment["MAIL_REPLIES_USERNAME"],
        password=environment["MAIL_REPLIES_PASSWORD"],
        is_ssl=is_ssl,
        folder=environment.get("MAIL_REPLIES_FOLDER") or "INBOX",
    )


def _flag(environment: Mapping[str, str], name: str, default: str = "") -> bool:
    value = environment.get(name, default).lower()
    if value not in {"", "0", "1", "true", "false", "yes", "no"}:
        raise BadSettings(f"{name} must be 1 or 0, not {value!r}.")
    return value in {"1", "true", "yes"}


def _whole_number(environment: Mapping[str, str], name: str, default: int) -> int:
    value = environment.get(name, str(default))
    if not value.isdecimal():
        raise BadSettings(f"{name} must be a whole number, not {value!r}.")
    return int(value)


def _seconds(environment: Mapping[str, str], name: str, default: int) -> timedelta:
    return timedelta(seconds=_whole_number(environment, name, default))

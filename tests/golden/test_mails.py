"""Every transition's mail, octet for octet as it leaves: what people and calendars got until now they still get.

Beside each mail (`.eml`, to be opened in a mail program) stands the invite in it (`.ics`). `pytest tests/golden
--regenerate` writes them anew after a change that is meant.
"""

from collections.abc import Iterator
from email import message_from_bytes, policy
from pathlib import Path
from random import Random
from typing import Any

import pytest
from flask import Flask
from sqlalchemy import update

from marketplace.kernel.codes import drawing_from
from marketplace.kernel.database import session, transaction
from marketplace.kernel.site import Site, configure, site
from marketplace.outbox.octets import octets_of
from marketplace.people.models import Person
from tests import cast as casting
from tests import steps
from tests.conftest import NOW
from tests.golden.scenes import SCENES
from tests.rows import empty_database

FILES = Path(__file__).parent / "mails"
PDF = b"%PDF-1.7 stands for the safety sheet, which other versions of its fonts would change"

every_scene = pytest.mark.parametrize("name", SCENES)


@pytest.fixture
def _installation(sqlite_app: Flask, clock: object) -> Iterator[None]:
    """The application as an installation would be set up, with codes that are the same each time."""
    before = site()
    with sqlite_app.app_context(), drawing_from(Random(2027)):
        yield
        empty_database()
    configure(before)


@pytest.fixture
def mail(name: str, _installation: None) -> bytes:
    """The mail of a scene, as it is handed to the mail server."""
    scene = SCENES[name]
    reads_replies = scene.reads_replies
    configure(Site("Meeloop", "https://meeloop.example", "meeloop@meeloop.example", reads_replies))
    cast = casting.make(now=NOW)
    with transaction():
        session.execute(update(Person).values(language=scene.language))
    scene.play(cast)
    letter = steps.letters(scene.letter, to=cast.emails[scene.who])[-1]
    return octets_of(letter, PDF if letter.document_name else None)


def invite_in(mail: bytes) -> bytes:
    """The calendar in a mail, unpacked; empty if there is none."""
    message = message_from_bytes(mail, policy=policy.SMTP)
    found: list[Any] = [each for each in message.walk() if each.get_content_type() == "text/calendar"]
    return b"".join(each.get_payload(decode=True) for each in found)


def compare(path: Path, octets: bytes, is_regenerating: bool) -> None:
    """That a golden file holds these octets; or writes them."""
    if is_regenerating:
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(octets) if octets else path.unlink(missing_ok=True)
    assert (path.read_bytes() if path.exists() else b"") == octets, (
        f"{path.name} is not what is sent any more"
    )


@every_scene
def test_a_mail_is_sent_as_it_was_read_and_approved(name: str, mail: bytes, is_regenerating: bool) -> None:
    compare(FILES / f"{name}.eml", mail, is_regenerating)
    compare(FILES / f"{name}.ics", invite_in(mail), is_regenerating)


def test_no_golden_file_is_left_over() -> None:
    assert {each.stem for each in FILES.iterdir()} == {*SCENES}

"""What people find in their real mailboxes during a journey."""

import re

import vobject
from flask import Flask

from marketplace.audit import breaches
from marketplace.kernel.clock import now
from marketplace.worker import work_once
from tests.servers import Mail, Mailbox


def mails_to(app: Flask, mailbox: Mailbox, receiver: str) -> list[Mail]:
    """What somebody got, after a round of the worker."""
    with app.app_context():
        work_once(app)
        assert breaches(now=now()) == []
    return [mail for mail in mailbox.messages if receiver in mail.recipients]


def text_of(mail: Mail) -> str:
    """The text part of a mail."""
    body = mail.message.get_body(("plain",))
    assert body is not None
    return str(body.get_content())


def link_in(mail: Mail, path: str) -> str:
    """The first link in a mail whose path begins so, without the host; query included."""
    found = re.search(rf"https?://[^/\s]+({path}\S*)", text_of(mail))
    assert found, f"no link to {path} in {mail.message['Subject']}"
    return found[1]


def invite_of(mail: Mail) -> tuple[str, vobject.base.Component]:
    """The method and the event of the invite in a mail."""
    [part] = [part for part in mail.message.walk() if part.get_content_type() == "text/calendar"]
    method = part.get_param("method")
    assert isinstance(method, str)
    return method, vobject.readOne(part.get_content()).vevent

"""A letter as it is sent."""

from marketplace.kernel.party import Party
from marketplace.kernel.site import site
from marketplace.outbox.mime import Attachment, message
from marketplace.outbox.models import Letter

_HEADERS = {"Auto-Submitted": "auto-generated", "X-Auto-Response-Suppress": "OOF, AutoReply"}


def octets_of(letter: Letter, document: bytes | None = None) -> bytes:
    """The letter as octets, with its PDF, the same each time. ValueError where no mail can be made of it."""
    return message(
        sender=Party(site().name, site().sender),
        receiver=Party(letter.receiver_name, letter.receiver_address),
        subject=letter.subject,
        text=letter.text,
        html=letter.html,
        message_id=letter.message_id,
        headers=_HEADERS | _stopping(letter.unsubscribe),
        date=letter.made_at,
        calendar=letter.calendar,
        method=letter.calendar_method,
        attachments=[Attachment(letter.document_name, "application/pdf", document)] if document else (),
    )


def _stopping(link: str) -> dict[str, str]:
    """Headers from which a mail program makes a button that stops these mails (RFC 2369 3.2, RFC 8058 3.1)."""
    if not link:
        return {}
    return {"List-Unsubscribe": f"<{link}>", "List-Unsubscribe-Post": "List-Unsubscribe=One-Click"}

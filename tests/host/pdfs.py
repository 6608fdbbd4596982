"""Small PDFs, good and bad."""

from io import BytesIO

from pypdf import PdfWriter
from pypdf.actions import JavaScript


def pdf(*, script: str = "", password: str = "", attached: bytes = b"") -> bytes:
    """A page, perhaps with a script, a password, or a file in it."""
    writer = PdfWriter()
    writer.add_blank_page(width=200, height=200)
    if script:
        writer.add_open_action(JavaScript(script))
    if attached:
        writer.add_attachment("plan.exe", attached)
    if password:
        writer.encrypt(password)
    found = BytesIO()
    writer.write(found)
    return found.getvalue()

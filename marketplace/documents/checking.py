"""Whether a file that somebody sends is a PDF that only shows something."""

from collections.abc import Iterator
from io import BytesIO
from typing import Any

from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_

LARGEST_PDF = 5_000_000
"""Octets."""
_DOES = {"/JavaScript", "/Launch", "/SubmitForm", "/ImportData", "/Rendition", "/RichMediaExecute"}
"""Actions by which a document does more than lead to a page (ISO 32000-1 12.6.4)."""
_HIDES = {"/EmbeddedFile", "/Filespec"}
"""Types of other files within it (ISO 32000-1 7.11)."""


def why_not_pdf(octets: bytes) -> Refusal | None:
    """Why this file cannot be shown to others: too large, no PDF, locked, or one with a script or a file in it."""
    from pypdf import PdfReader  # noqa: PLC0415 - seven megabytes that a web server needs once a PDF comes
    from pypdf.errors import PyPdfError  # noqa: PLC0415 - the same

    if len(octets) > LARGEST_PDF:
        return Refusal(N_("The file is too large: at most 5 MB."))
    try:
        reader = PdfReader(BytesIO(octets), strict=False)
        if reader.is_encrypted:
            return Refusal(N_("This PDF has a password. Save it without one."))
        does_more = len(reader.pages) > 0 and any(_does_more(each) for each in _parts(reader.trailer))
    except (PyPdfError, ArithmeticError, AttributeError, LookupError, RecursionError, TypeError, ValueError):
        return Refusal(
            N_("This is not a PDF that we can read. Save your document as a PDF, and choose that.")
        )
    if does_more:
        return Refusal(
            N_("There is a script or another file in this PDF. Print it to a new PDF, and choose that one.")
        )
    return None


def _parts(whole: Any) -> Iterator[Any]:
    """All dictionaries that a document reaches, each once."""
    left, seen = [whole], set[int]()
    while left:
        part = left.pop()
        if (number := getattr(part, "idnum", None)) is not None:  # only a reference to another object has one
            if number in seen:
                continue
            seen.add(number)
            part = part.get_object()
        if isinstance(part, dict):
            yield part
            left.extend(dict.values(part))
        elif isinstance(part, list):
            left.extend(list.__iter__(part))


def _does_more(part: dict[Any, Any]) -> bool:
    said = {str(part.get(name)) for name in ("/S", "/Type")}
    return "/JS" in part or bool(said & (_DOES | _HIDES))

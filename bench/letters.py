"""How long a letter with its invite and its safety sheet takes, against the calls of icalendar and Typst alone.

The yardstick is a calendar of the same properties, made with icalendar, and our template with its data, given to Typst.
What is measured besides is ours: the words in two forms, the entry, the data of the sheet, the mail. For comparison
there is a document that is equal page for page, for which nothing has to be fitted on a page (see `bench.sheets`).
Run `python -m bench.letters`.
"""

import json
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from typing import Any

import typst
from icalendar import Calendar, Component

from bench.sheets import MADE_AT, pages, plain_document, timed
from marketplace.calendars.facts import EntryFacts, Method, Occurrence
from marketplace.calendars.invites import invite
from marketplace.claims.facts import Visit
from marketplace.claims.sheets import sheet_about
from marketplace.documents.rendering import FOLDER, FONTS, STANDARDS, codes, digest, drawings, render
from marketplace.documents.sheets import SHEETS, sheets_data
from marketplace.kernel.party import Party
from marketplace.kernel.texts import speaking
from marketplace.offers import entries
from marketplace.outbox.actions import rehearse
from marketplace.outbox.facts import Draft, Receiver
from marketplace.outbox.mime import Attachment, message
from tests.letters.examples import PLAIN, claim, facts

ROUNDS = 15
LEVEL = 2
"""The size in `sheets.typ` at which the sheet below fits on a page."""
MARIEKE = Receiver(PLAIN.name, "m.otten@reestcollege.example", "nl")
PLATFORM = Party("Meeloop", "meeloop@meeloop.example")
LINK = "https://meeloop.example/claims/7H2KQ9RM"


def measure() -> dict[str, float]:
    """Medians of seconds, ours and plain taken in turn, and their ratio. AssertionError when what they make differs."""
    seconds: dict[str, list[float]] = {"ours": [], "alone": [], "plain": []}
    with TemporaryDirectory() as folder:
        for turn in range(ROUNDS + 1):
            first, second, third = (_visit(3 * turn + each) for each in range(3))
            _, ours = timed(partial(_letter, first))
            octets = _invite(second)
            copied, written = timed(partial(_written, Calendar.from_ical(octets)))
            made, drawn = timed(_call(_sheet_data(second)))
            equal, plain = timed(plain_document(Path(folder), _sheet_data(third), LEVEL))
            assert sorted(copied.splitlines()) == sorted(octets.splitlines())
            assert made == render(SHEETS, _sheet_data(second), made_at=MADE_AT)
            assert pages(equal) == pages(render(SHEETS, _sheet_data(third), made_at=MADE_AT))
            if turn:  # the first one loads what all others use
                seconds["ours"].append(ours)
                seconds["alone"].append(written + drawn)
                seconds["plain"].append(written + plain)
    medians = {name: median(each) for name, each in seconds.items()}
    return medians | {"ratio": medians["ours"] / medians["alone"]}


def _visit(turn: int) -> Visit:
    """A visit whose words differ each turn, since Typst remembers what it has laid out before."""
    visit = claim().visit
    slot = replace(visit.slot, supervisor=f"Bas Leutscher {turn}")
    return Visit(
        replace(visit.offer, title=f"Lassen en zetten {turn}", report_at=f"Receptie, hal {turn}"), slot
    )


def _letter(visit: Visit) -> bytes:
    """The mail that a participant gets, whole."""
    known = facts("claim_approved") | {"claim": replace(claim(), visit=visit), "has_sheet": True}
    draft = Draft("claim_approved", MARIEKE, "key", "stream", known)
    subject, text, html = rehearse(draft)
    data = _sheet_data(visit)
    digest(SHEETS, data)
    sheet = render(SHEETS, data, made_at=MADE_AT)
    return message(
        sender=PLATFORM,
        receiver=Party(MARIEKE.name, MARIEKE.address),
        subject=subject,
        text=text,
        html=html,
        message_id="<7h2k@meeloop.example>",
        headers={},
        date=MADE_AT,
        calendar=_invite(visit),
        method=Method.REQUEST,
        attachments=[Attachment("veiligheidsblad.pdf", "application/pdf", sheet)],
    )


def _sheet_data(visit: Visit) -> dict[str, Any]:
    with speaking("nl"):
        return sheets_data([sheet_about(visit, LINK, PLAIN.name)])


def _invite(visit: Visit) -> bytes:
    stamp = datetime(2027, 1, 15, 10, 0, tzinfo=UTC)
    with speaking("nl"):
        entry = EntryFacts(
            uid="7h2kq9rm@meeloop.example",
            sequence=0,
            stamp=stamp,
            created_at=stamp,
            occurrences=tuple(Occurrence(each.starts_at, each.ends_at) for each in visit.slot.sessions),
            summary=entries.summary(visit.offer),
            location=entries.location(visit.offer, visit.slot),
            description=entries.description(visit.offer, visit.slot, LINK),
            url=LINK,
            alarm_text="Morgen: veiligheidsschoenen mee",
        )
    return invite(
        entry, method=Method.REQUEST, organizer=PLATFORM, attendee=Party(MARIEKE.name, MARIEKE.address)
    )


def _call(data: dict[str, Any]) -> Callable[[], bytes]:
    """The call of Typst, with all that it is given at hand."""
    inputs = {
        "data": json.dumps(data, sort_keys=True),
        "drawings": json.dumps(drawings()),
        "codes": json.dumps(codes(data)),
        "made_on": json.dumps({"year": 2027, "month": 1, "day": 12}),
    }
    fonts = typst.Fonts(include_system_fonts=False, font_paths=[FONTS])
    return lambda: typst.compile(
        FOLDER / SHEETS,
        root=FOLDER,
        font_paths=fonts,
        sys_inputs=inputs,
        pdf_standards=STANDARDS,
        timestamp=MADE_AT,
    )


def _written(component: Component) -> bytes:
    octets: bytes = _copied(component).to_ical()
    return octets


def _copied(component: Component) -> Component:
    """The same component, made property by property."""
    copy = type(component)()
    for name, value in component.items():
        copy.add(name, value)
    for inner in component.subcomponents:
        copy.add_component(_copied(inner))
    return copy


if __name__ == "__main__":
    result = measure()
    ours, alone, plain = (round(result[name] * 1000) for name in ("ours", "alone", "plain"))
    print(
        f"A letter: {ours} ms, icalendar and Typst alone {alone} ms: {result['ratio']:.2f} times"
        f" (with a plain document {plain} ms)"
    )

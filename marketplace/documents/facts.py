"""What the documents are filled from: safety sheets and posters. All words are in the reader's language already."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class SheetLine:
    """A piece of equipment or a sign: its code and name, what to add, and its drawing in `pictograms.svg`."""

    code: str
    name: str
    detail: str
    pictogram: str
    is_required: bool = True


@dataclass(frozen=True, slots=True)
class Sheet:
    """What somebody has to know at the gate of one moment, in the order of the gate.

    Empty texts are left out. `participant` is empty for a sheet of the moment itself; `link` is the address
    of the page that the QR code opens.
    """

    title: str
    host: str
    days: str
    hours: str
    access: str
    link: str
    address: str = ""
    report_at: str = ""
    supervisor: str = ""
    phone: str = ""
    emergency: str = ""
    assembly_point: str = ""
    participant: str = ""
    bring: tuple[SheetLine, ...] = ()
    provided: tuple[SheetLine, ...] = ()
    from_school: tuple[SheetLine, ...] = ()
    mind: tuple[SheetLine, ...] = ()
    nothing_particular: str = ""
    notes: str = ""
    health: str = ""


@dataclass(frozen=True, slots=True)
class NoticeMoment:
    """A moment on a poster: "di", "9", "feb" for its leaf of the calendar, and its day and hours in full."""

    weekday: str
    day: str
    month: str
    days: str
    hours: str
    town: str


@dataclass(frozen=True, slots=True)
class Notice:
    """An offer on paper, for a notice board. Empty texts are left out; `link` is the address that the QR code opens."""

    title: str
    form: str
    host: str
    town: str
    summary: str
    activity: str
    learning: str
    link: str
    moments: tuple[NoticeMoment, ...] = ()
    good_to_know: tuple[str, ...] = ()

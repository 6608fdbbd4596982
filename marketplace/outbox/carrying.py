"""Letters on their way to the mail server, over one line or several at once."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from queue import SimpleQueue
from threading import Thread

IN_A_ROW = 3
"""Letters in a handful for each of several lines."""

Deliver = Callable[[str, str, bytes], None]
"""Hands octets to the mail server, from an address to an address. Raises Unreachable, SMTPException or OSError."""


class Unreachable(Exception):
    """No connection could be made: that is no letter's fault, and says nothing about any of them."""


@dataclass(frozen=True, slots=True)
class Parcel:
    """A letter that this worker has, until its lease ends. That moment also tells its hold from any other's."""

    id: int
    name: str
    sender: str
    receiver: str
    octets: bytes
    tries: int
    until: datetime


Outcome = tuple[Parcel, Exception | None]
"""What became of it: None where it arrived."""


def handful(lines: int) -> int:
    """How many letters to give to so many lines before it is written down what became of them."""
    return 1 if lines == 1 else lines * IN_A_ROW


def carried(
    handfuls: Iterator[list[Parcel]], deliver: Deliver, lines: int, meanwhile: Callable[[], None]
) -> Iterator[list[Outcome]]:
    """Delivers them, and says what became of each handful before it begins the next.

    Whoever writes that down at once never has more letters in doubt than one handful. Several lines are threads;
    `meanwhile` is called while these are busy.
    """
    if lines > 1:
        yield from _carried_at_once(handfuls, deliver, lines, meanwhile)
        return
    for parcels in handfuls:
        yield [_carry(parcel, deliver) for parcel in parcels]


def _carried_at_once(
    handfuls: Iterator[list[Parcel]], deliver: Deliver, lines: int, meanwhile: Callable[[], None]
) -> Iterator[list[Outcome]]:
    given: SimpleQueue[Parcel | None] = SimpleQueue()
    done: SimpleQueue[Outcome] = SimpleQueue()
    threads = [Thread(target=_serve, args=(given, done, deliver)) for _ in range(lines)]
    for thread in threads:
        thread.start()
    try:
        for parcels in handfuls:
            for parcel in parcels:
                given.put(parcel)
            meanwhile()
            yield [done.get() for _ in parcels]
    finally:
        for _ in threads:
            given.put(None)
        for thread in threads:
            thread.join()


def _serve(given: SimpleQueue[Parcel | None], done: SimpleQueue[Outcome], deliver: Deliver) -> None:
    while parcel := given.get():
        done.put(_carry(parcel, deliver))


def _carry(parcel: Parcel, deliver: Deliver) -> Outcome:
    try:
        deliver(parcel.sender, parcel.receiver, parcel.octets)
    except Exception as error:
        return parcel, error
    return parcel, None

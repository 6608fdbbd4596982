"""Questions about letters."""

from collections.abc import Collection, Iterable, Sequence
from datetime import datetime, timedelta
from functools import cache
from typing import Any, TypeVar

from sqlalchemy import (
    BindParameter,
    Boolean,
    ColumnElement,
    Row,
    Select,
    and_,
    bindparam,
    exists,
    func,
    or_,
    select,
)
from sqlalchemy.orm import aliased, defer, undefer

from marketplace.kernel.database import UtcDateTime, session
from marketplace.kernel.errors import NotFound
from marketplace.outbox.facts import Silence
from marketplace.outbox.models import Document, Letter, Pulse
from marketplace.outbox.states import WAITING, LetterState

WORKER = "worker"
SILENCE = timedelta(minutes=5)
"""A worker that was not heard for longer has stopped, or hangs."""

SEARCH_WORDS = 8
_UNMADE = (Document.octets.is_(None), Document.error == "")
_SEARCHED = (Letter.receiver_name, Letter.receiver_address, Letter.subject, Letter.name)

Found = TypeVar("Found")


def has_due(now: datetime) -> bool:
    """Whether a letter could be sent now."""
    return session.scalar(_some_due(), {"now": now}) is not None


def due(now: datetime, limit: int, *, are_whole: bool = False) -> list[Letter]:
    """The letters to send now, whole, most urgent first: none that has an earlier one of its stream still waiting.

    Earlier ones that are held until a later moment keep nobody waiting. `are_whole`: one whose PDF is still to be
    made waits for that. Nobody else takes them until the transaction ends: those that another worker is taking are
    passed over, not waited for. (On PostgreSQL by SKIP LOCKED; on SQLite no other transaction writes meanwhile.)
    """
    return list(session.scalars(_all_due(), {"now": now, "limit": limit, "are_whole": are_whole}))


@cache
def _due() -> Select[Letter]:
    """Queued, or taken by a worker that did not come back in time. Needs `now`."""
    now, earlier = bindparam("now", type_=UtcDateTime), aliased(Letter)
    is_held = and_(earlier.tries == 0, earlier.next_try_at > now)
    is_blocked = exists().where(
        earlier.stream == Letter.stream, earlier.id < Letter.id, _is(WAITING, earlier), ~is_held
    )
    return select(Letter).where(_is(WAITING), Letter.next_try_at <= now, ~is_blocked)


def _is(states: Sequence[LetterState], letter: type[Letter] = Letter) -> ColumnElement[bool]:
    """In one of these states, which stand in the statement as text: partial indexes ask for that."""
    said: BindParameter[Any] = bindparam("states", states, expanding=True, literal_execute=True, unique=True)
    return letter.state.in_(said)


@cache
def _some_due() -> Select[int]:
    return _due().with_only_columns(Letter.id).limit(1)


@cache
def _all_due() -> Select[Letter]:
    lacks_document = exists().where(
        Document.digest == Letter.document_digest, *_UNMADE, Letter.octets.is_(None)
    )
    found = _due().where(or_(~bindparam("are_whole", type_=Boolean), ~lacks_document))
    found = found.options(undefer(Letter.calendar), undefer(Letter.octets))
    ordered = found.order_by(Letter.priority.desc(), Letter.id).limit(bindparam("limit"))
    return ordered.with_for_update(skip_locked=True, of=Letter)


def documents_to_make(now: datetime, limit: int) -> list[Row[str, str, dict[str, Any], datetime]]:
    """Digest, template, data and date of the PDFs that due letters wait for, first asked for first."""
    waits = exists().where(
        Letter.document_digest == Document.digest,
        _is(WAITING),
        Letter.next_try_at <= now,
        Letter.octets.is_(None),
    )
    wanted = select(Document.digest, Document.template, Document.data, Document.asked_at)
    return list(session.execute(wanted.where(*_UNMADE, waits).order_by(Document.asked_at).limit(limit)))


def documents_of(letters: Iterable[Letter]) -> dict[str | None, bytes]:
    """The PDFs of letters whose octets are still to be built, by digest; none that could not be made."""
    wanted = {each.document_digest for each in letters if each.document_digest and not each.octets}
    if not wanted:
        return {}
    found = select(Document.digest, Document.octets).where(Document.digest.in_(wanted))
    return {digest: octets for digest, octets in session.execute(found) if octets}


def document_of(letter: Letter) -> Document | None:
    """What goes, or went, along with a letter, to be made again; None if nothing does."""
    return session.get(Document, letter.document_digest) if letter.document_digest else None


def letters_to(address: str | None = None, limit: int = 100) -> list[Letter]:
    """The latest letters, newest first, to one address or to all; none that was wiped."""
    statement = select(Letter).where(Letter.text != "").order_by(Letter.id.desc()).limit(limit)
    return list(
        session.scalars(statement.where(Letter.receiver_address == address) if address else statement)
    )


def letter_with(number: int) -> Letter:
    """A whole letter, with invite and octets; NotFound if there is none, or if it was wiped."""
    statement = select(Letter).where(Letter.id == number, Letter.text != "")
    found = session.scalar(statement.options(undefer(Letter.calendar), undefer(Letter.octets)))
    if found is None:
        raise NotFound
    return found


def receivers() -> list[str]:
    """The addresses that letters went to."""
    statement = select(Letter.receiver_address).where(Letter.text != "").distinct()
    return list(session.scalars(statement.order_by(Letter.receiver_address)))


# --- The mail log ------------------------------------------------------------------------------------------------


def letters_in(
    region_codes: Collection[str] | None,
    *,
    search: str = "",
    states: Collection[LetterState] = (),
    before_id: int | None = None,
    limit: int = 50,
) -> list[Letter]:
    """Letters about these regions (None: all), newest first, without what stands in them.

    `search` looks for each of its words in receiver, address, subject and name of the letter; no `states` are all. The
    next page is what comes `before_id`.
    """
    statement = _in(region_codes, select(Letter)).options(defer(Letter.text), defer(Letter.html))
    for word in search.split()[:SEARCH_WORDS]:
        statement = statement.where(or_(*(each.icontains(word, autoescape=True) for each in _SEARCHED)))
    if states:
        statement = statement.where(Letter.state.in_(states))
    if before_id is not None:
        statement = statement.where(Letter.id < before_id)
    return list(session.scalars(statement.order_by(Letter.id.desc()).limit(limit)))


def letter_in(region_codes: Collection[str] | None, code: str) -> Letter:
    """One letter about these regions (None: all); NotFound for any other."""
    found = session.scalar(_in(region_codes, select(Letter)).where(Letter.code == code))
    if found is None:
        raise NotFound
    return found


def failing(region_codes: Collection[str] | None) -> int:
    """How many letters about these regions (None: all) failed, and were neither sent again nor given up."""
    return session.scalar(failed(region_codes)) or 0


def failed(region_codes: Collection[str] | None) -> Select[int]:
    """The question that `failing` asks."""
    return _in(region_codes, select(func.count(Letter.id))).where(_is([LetterState.FAILED]))


def _in(region_codes: Collection[str] | None, statement: Select[Found]) -> Select[Found]:
    return statement if region_codes is None else statement.where(Letter.region.in_(region_codes))


# --- The worker --------------------------------------------------------------------------------------------------


def pulse(now: datetime) -> Silence | None:
    """Since when no worker has been heard, if that is too long; None while one lives."""
    return silence(session.scalar(heard()), now)


def heard() -> Select[datetime]:
    """The question when the worker was heard last."""
    return select(Pulse.at).where(Pulse.name == WORKER)


def silence(at: datetime | None, now: datetime) -> Silence | None:
    """As `pulse`, for a worker that was heard then."""
    return None if at and now - at <= SILENCE else Silence(since=at)

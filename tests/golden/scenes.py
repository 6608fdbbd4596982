"""What happens before each golden mail leaves. A scene is one or a few steps of the cast; everybody reads Dutch."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date, timedelta

from sqlalchemy import update

from marketplace.claims import actions as claims
from marketplace.claims.models import Claim
from marketplace.kernel.database import session, transaction
from marketplace.offers.facts import Rhythm
from marketplace.organisations.models import Organisation
from marketplace.people.models import Person
from marketplace.safety.facts import BriefFacts, BriefLine, Provider
from tests import steps
from tests.cast import BRIEF, Cast
from tests.claims.changes import GLASSES, change_brief, change_offer, sent_before, sessions
from tests.conftest import NOW
from tests.questions import asking
from tests.replies.answering import answers

DAY = timedelta(days=1)
SPRING, AUTUMN = date(2027, 3, 28), date(2027, 10, 31)
"""The Sundays on which the clock changes."""


@dataclass(frozen=True)
class Scene:
    """Steps, and the letter to look at: its kind, whose it is, and in which language they read."""

    play: Callable[[Cast], object]
    letter: str
    who: str = "teacher"
    language: str = "nl"
    reads_replies: bool = True


# --- Steps --------------------------------------------------------------------------------------------------


def on(day: date, sessions: int = 1, rhythm: Rhythm = Rhythm.DAILY) -> Callable[[Cast], Claim]:
    """An approved claim on a moment that begins on this day."""
    return lambda cast: sent_before(
        cast, slot=steps.add_slot(cast, day=day, sessions=sessions, rhythm=rhythm)
    )


def irregular(cast: Cast) -> Claim:
    """An approved claim on three days that follow no rule."""
    slot = steps.add_slot(cast, day=date(2027, 3, 2))
    (first,) = sessions(cast, slot)
    dates = [first, steps.moved(first, days=2), steps.moved(first, days=7)]
    steps.change_slot(cast, slot=slot, sessions=dates)
    return sent_before(cast, slot=slot)


def moved(cast: Cast) -> None:
    """An approved visit moves to another day, with another supervisor and more to wear."""
    sent_before(cast)
    steps.change_slot(
        cast, sessions=[steps.moved(each, days=3, hours=1) for each in sessions(cast)], supervisor="Henk Pol"
    )
    change_brief(cast, replace(BRIEF, lines=(*BRIEF.lines, GLASSES)))
    steps.tell(now=NOW + timedelta(hours=1))


def one_of_three_days_moved(cast: Cast) -> None:
    """The second of three days in a row moves to the week after."""
    slot = on(date(2027, 3, 2), sessions=3)(cast).slot.code
    first, second, third = sessions(cast, slot)
    steps.change_slot(cast, slot=slot, sessions=[first, third, steps.moved(second, days=7)])
    steps.tell(now=NOW + timedelta(hours=1))


def one_of_three_dates_fell_out(cast: Cast) -> None:
    """The last of three separate days is not needed any more."""
    slot = irregular(cast).slot.code
    steps.change_slot(cast, slot=slot, sessions=sessions(cast, slot)[:2])
    steps.tell(now=NOW + timedelta(hours=1))


def cancelled(cast: Cast) -> None:
    """The host cancels what was approved."""
    sent_before(cast)
    steps.cancel_slot(cast)


def declined(cast: Cast) -> None:
    """The calendar of an approved participant says no."""
    answers(sent_before(cast), "DECLINED")


def declined_in_part(cast: Cast) -> None:
    """It says no to the second of three days, with a word about it."""
    claim = on(date(2027, 3, 2), sessions=3)(cast)
    answers(claim, "DECLINED", occurrence="20270303T080000", comment="Dan heb ik toezicht bij examens.")


def full(cast: Cast) -> list[Claim]:
    """Others have the seats, and the teacher waits."""
    others = [steps.claim_seat(cast, who) for who in ("outsider", "newcomer")]
    return [*others, steps.wait(cast, "teacher")]


def seat_came_free(cast: Cast) -> None:
    """One of them withdraws, so that the teacher is offered the seat."""
    first, *_ = full(cast)
    steps.withdraw(first)


def undecided(cast: Cast) -> None:
    """Nobody decides in time."""
    steps.claim_seat(cast)
    steps.lapse(now=NOW + 15 * DAY)


def reminded(cast: Cast) -> None:
    """It is the day before."""
    claim = sent_before(cast)
    claims.remind_due(now=claim.slot.starts_at - DAY + timedelta(hours=2))


def question_answered(cast: Cast) -> None:
    """A company answers the teacher's question with what it has."""
    asking.answer(cast, asking.ask(cast))


def interest_shown(cast: Cast) -> None:
    """The teacher answers what the company asks."""
    asking.show_interest(cast, asking.ask(cast, "host", asked=asking.OF_COMPANY))


def named(who: str, **names: str) -> Callable[[Cast], object]:
    """Somebody of the cast is called otherwise, and is approved."""

    def play(cast: Cast) -> None:
        _rename(Person, cast.codes[who], **names)
        sent_before(cast)

    return play


def host_named(name: str) -> Callable[[Cast], object]:
    """The host is called otherwise, and the teacher is approved."""

    def play(cast: Cast) -> None:
        _rename(Organisation, cast.company, name=name)
        sent_before(cast)

    return play


def _rename(table: type[Person] | type[Organisation], code: str, **names: str) -> None:
    with transaction():
        session.execute(update(table).where(table.code == code).values(**names))


def titled(title: str) -> Callable[[Cast], object]:
    """The offer has another title, and the teacher is approved."""

    def play(cast: Cast) -> None:
        change_offer(cast, title=title)
        sent_before(cast)

    return play


def with_long_notes(cast: Cast) -> None:
    """The safety notes are as long as they may be: 3,000 characters, some of several octets."""
    rule = "Café 'De Öven': loop niet onder een hijslast door, ook niet “even”; blijf ≥ 2 m weg.\n"
    lines = tuple(
        BriefLine(code, provided_by=Provider.PARTICIPANT, note="naar NEN-EN") for code in ("M008", "M010")
    )
    notes = (rule * 40)[:2994] + "EINDE."
    change_brief(cast, BriefFacts(lines, notes, BRIEF.access))
    sent_before(cast)


# --- The scenes ---------------------------------------------------------------------------------------------

SCENES: dict[str, Scene] = {
    "received": Scene(steps.claim_seat, "claim_received"),
    "waitlisted": Scene(full, "claim_waitlisted"),
    "offered": Scene(seat_came_free, "seat_offered"),
    "signed_up_by_a_colleague": Scene(
        lambda cast: steps.claim_together(cast, "colleague"), "seat_named", "colleague"
    ),
    "approved": Scene(sent_before, "claim_approved"),
    "approved_english": Scene(sent_before, "claim_approved", language="en"),
    "approved_where_nobody_reads_replies": Scene(sent_before, "claim_approved", reads_replies=False),
    "approved_sunday_in_march": Scene(on(SPRING), "claim_approved"),
    "approved_sunday_in_october": Scene(on(AUTUMN), "claim_approved"),
    "approved_days_around_march": Scene(on(SPRING - DAY, sessions=3), "claim_approved"),
    "approved_weeks_across_october": Scene(on(date(2027, 10, 21), 3, Rhythm.WEEKLY), "claim_approved"),
    "approved_dates": Scene(irregular, "claim_approved"),
    "approved_dates_another_day": Scene(irregular, "claim_entry"),
    "approved_name_with_quotes": Scene(
        named("teacher", name='Zoë “Zo” O’Brien-d\'Ávila, "Šárka" ‘t Hæn; ‹Łuç›'), "claim_approved"
    ),
    "approved_host_with_quotes": Scene(
        host_named('\'t Ambacht „De Smeđ” & Zn., «Ñandú»; "Œuvre" B.V. <Ünal>'), "claim_approved"
    ),
    "approved_title_of_emoji": Scene(titled("👩🏽‍🏭🔥🦺 🏳️‍🌈 🇳🇱 ⚠️🥽"), "claim_approved"),
    "approved_notes_at_their_limit": Scene(with_long_notes, "claim_approved"),
    "changed": Scene(moved, "claim_changed"),
    "changed_english": Scene(moved, "claim_changed", language="en"),
    "changed_one_of_three_days": Scene(one_of_three_days_moved, "claim_changed"),
    "changed_its_new_day": Scene(one_of_three_days_moved, "claim_entry"),
    "changed_day_that_fell_out": Scene(one_of_three_dates_fell_out, "claim_entry"),
    "rejected": Scene(lambda cast: steps.reject(steps.claim_seat(cast), cast), "claim_rejected"),
    "withdrawn": Scene(lambda cast: steps.withdraw(sent_before(cast)), "claim_withdrawn"),
    "withdrawn_english": Scene(
        lambda cast: steps.withdraw(sent_before(cast)), "claim_withdrawn", language="en"
    ),
    "withdrawn_told_to_the_host": Scene(
        lambda cast: steps.withdraw(sent_before(cast)), "participant_left", "host"
    ),
    "cancelled": Scene(cancelled, "claim_cancelled"),
    "lapsed": Scene(undecided, "claim_lapsed"),
    "declined": Scene(declined, "calendar_declined"),
    "declined_in_part_told_to_the_host": Scene(declined_in_part, "partly_declined", "host"),
    "reminded": Scene(reminded, "reminder"),
    "question_answered_english": Scene(question_answered, "question_answered", language="en"),
    "question_interest_english": Scene(interest_shown, "question_interest", "host", language="en"),
}

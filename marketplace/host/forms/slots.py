"""Planning, changing and cancelling moments."""

from collections.abc import Iterable
from datetime import date
from typing import Any

from wtforms import (
    BooleanField,
    DateField,
    FieldList,
    FormField,
    IntegerField,
    RadioField,
    SelectField,
    TimeField,
)
from wtforms import Form as Part

from marketplace.claims.facts import REASON_LIMIT
from marketplace.formats.facts import Format
from marketplace.kernel.errors import Refusal
from marketplace.kernel.texts import N_
from marketplace.kernel.times import at_wall, wall
from marketplace.offers.facts import (
    CAPACITY_LIMIT,
    SESSIONS_LIMIT,
    SHORT_LIMIT,
    Repeat,
    Rhythm,
    SessionFacts,
    SlotPlan,
)
from marketplace.offers.models import Offer, Slot
from marketplace.organisations.models import Site
from marketplace.web.forms import Chosen, Form, OneTimeForm, Readable, area, choices, line

ONCE = "once"
RHYTHMS: dict[str, str] = {
    ONCE: N_("One session"),
    Rhythm.DAILY: N_("Several days in a row"),
    Rhythm.WEEKLY: N_("The same day of each week"),
}
REPEATS: dict[str, str] = {
    Repeat.NEVER: N_("Never"),
    Repeat.WEEKLY: N_("Every week"),
    Repeat.FORTNIGHTLY: N_("Every two weeks"),
    Repeat.MONTHLY: N_("Every month on the same weekday, such as each first Thursday"),
}
EARLIEST = date(1900, 1, 1)
"""Before this, nobody means what was typed."""


def _day(label: str) -> DateField:
    return DateField(label, [Readable(N_("Choose a day."), EARLIEST)])


def _time(label: str) -> TimeField:
    return TimeField(label, [Readable(N_("Enter a time, such as 17:00."))])


def _capacity() -> IntegerField:
    return IntegerField(
        N_("Seats"), [Readable(N_("Choose between %(low)s and %(high)s seats."), 1, CAPACITY_LIMIT)]
    )


def _site() -> SelectField:
    return SelectField(N_("Location"), [Chosen(N_("Choose a location from the list."))])


def _supervisor() -> Any:
    hint = N_(
        "Whom participants ask for on the day. Who is in the list can follow these moments in a calendar."
    )
    return line(N_("Supervisor"), limit=SHORT_LIMIT, hint=hint, list="contacts")


class PlanForm(OneTimeForm):
    """One or more new moments."""

    day = _day(N_("Day"))
    starts = _time(N_("Start"))
    ends = _time(N_("End"))
    rhythm = RadioField(
        N_("How many sessions does one moment have?"), [Chosen()], choices=choices(RHYTHMS), default=ONCE
    )
    sessions = IntegerField(
        N_("Number of sessions"),
        [Readable(N_("Choose between %(low)s and %(high)s sessions."), 1, SESSIONS_LIMIT)],
        description=N_("Who claims a seat comes to all of them."),
    )
    capacity = _capacity()
    site = _site()
    supervisor = _supervisor()
    repeat = SelectField(N_("Repeat this moment"), [Chosen()], choices=choices(REPEATS), default=Repeat.NEVER)
    until = DateField(
        N_("Repeat until"),
        [Readable(N_("Choose a day."), EARLIEST, is_required=False)],
        description=N_("The last day that there may be a moment."),
    )

    def refuse(self, refusal: Refusal, field: str = "") -> None:
        """Beside the field that it is about, where it is about one."""
        super().refuse(refusal, field or _ABOUT.get(refusal.message, ""))

    def plan(self) -> SlotPlan:
        """What was filled in."""
        said: dict[str, Any] = self.data
        is_once, repeat = said["rhythm"] == ONCE, Repeat(said["repeat"])
        return SlotPlan(
            **{name: said[name] for name in ("day", "starts", "ends", "capacity", "site", "supervisor")},
            sessions=1 if is_once else said["sessions"],
            rhythm=Rhythm.DAILY if is_once else Rhythm(said["rhythm"]),
            repeat=repeat,
            until=None if repeat == Repeat.NEVER else said["until"],
        )


_ABOUT = {
    "Choose an end time after the start time.": "ends",
    "Choose until when the moments repeat.": "until",
    "Choose a date in the future.": "day",
}
"""The fields of a plan that refusals of offers/rules.py are about."""


def plan_form(offer: Offer, form: Format, supervisor: str) -> PlanForm:
    """The form for a new moment, filled with what the playbook says and the offer's last location."""
    defaults = form.defaults_for(offer.kind)
    sites = offer.organisation.sites
    filled = PlanForm(
        data={
            "starts": defaults.starts,
            "ends": defaults.ends,
            "sessions": defaults.sessions,
            "rhythm": ONCE if defaults.sessions == 1 else Rhythm.DAILY,
            "capacity": defaults.capacity,
            "site": offer.slots[-1].site.code if offer.slots else sites[0].code,
            "supervisor": offer.slots[-1].supervisor if offer.slots else supervisor,
            "repeat": Repeat.NEVER,
        }
    )
    filled.site.choices = choices(_sites(sites))
    return filled


class SessionPart(Part):
    """When one session is, and whether it goes on."""

    day = _day(N_("Day"))
    starts = _time(N_("Start"))
    ends = _time(N_("End"))
    is_off = BooleanField(N_("Cancel this session"))


class SlotForm(Form):
    """When and where a moment is, with whom and for how many."""

    sessions = FieldList(FormField(SessionPart), min_entries=1, max_entries=SESSIONS_LIMIT)
    site = _site()
    supervisor = _supervisor()
    capacity = _capacity()

    def session_facts(self) -> list[SessionFacts]:
        """The sessions as they were filled in, but for those that are cancelled."""
        return [
            SessionFacts(
                at_wall(each["day"].data, each["starts"].data), at_wall(each["day"].data, each["ends"].data)
            )
            for each in self.sessions
            if not each["is_off"].data
        ]


def slot_form(slot: Slot) -> SlotForm:
    """The form of a moment as it stands."""
    filled = SlotForm(
        data={
            "sessions": [_session_data(each.starts_at, each.ends_at) for each in slot.sessions],
            "site": slot.site.code,
            "supervisor": slot.supervisor,
            "capacity": slot.capacity,
        }
    )
    filled.site.choices = choices(_sites(slot.offer.organisation.sites))
    return filled


def _session_data(starts_at: Any, ends_at: Any) -> dict[str, Any]:
    starts, ends = wall(starts_at), wall(ends_at)
    return {"day": starts.date(), "starts": starts.time(), "ends": ends.time()}


def _sites(sites: Iterable[Site]) -> dict[str, str]:
    return {site.code: site.address for site in sites}


class CancelForm(Form):
    """Why a moment is off."""

    reason = area(
        N_("Why is it cancelled?"),
        limit=REASON_LIMIT,
        required=N_("Write why it is cancelled. Participants read it in the mail."),
        hint=N_("Participants read this in the mail, as you write it."),
    )

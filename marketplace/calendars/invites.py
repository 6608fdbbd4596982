"""Invites: an entry mailed to one person, to be put into the calendar, changed or taken out (RFC 5546)."""

from icalendar import Alarm, vCalAddress

from marketplace.calendars import cleaning
from marketplace.calendars.entries import event
from marketplace.calendars.envelope import envelope
from marketplace.calendars.facts import Answer, EntryFacts, Method, Status
from marketplace.calendars.series import evening_before
from marketplace.kernel.party import Party


def invite(
    facts: EntryFacts,
    *,
    method: Method,
    organizer: Party,
    attendee: Party,
    partstat: Answer = Answer.NEEDS_ACTION,
) -> bytes:
    """A calendar of one entry for one person: REQUEST to put it in or change it, CANCEL to take it out.

    `organizer` is the sender of the mail and `attendee` its only receiver: Gmail ignores a CANCEL from
    another sender, and several attendees would read each other's addresses. `partstat` is the answer known so
    far. ValueError for what `vevent` refuses, for a CANCEL of an entry that is not cancelled, and for a
    REQUEST of one that is (RFC 5546 3.2.2, 3.2.5).
    """
    if (method is Method.CANCEL) != (facts.status is Status.CANCELLED):
        raise ValueError(f"An entry that is {facts.status} can't be sent as a {method}.")
    entry = event(facts)
    entry.add("organizer", _person(organizer))
    entry.add(
        "attendee", _person(attendee, CUTYPE="INDIVIDUAL", ROLE="REQ-PARTICIPANT", PARTSTAT=partstat.value)
    )
    if method is Method.REQUEST:
        entry["attendee"].params["RSVP"] = "TRUE"
        entry.add("x-microsoft-disallow-counter", "TRUE")
        if facts.alarm_text:
            entry.add_component(_reminder(facts))
    calendar = envelope(method)
    calendar.add_component(entry)
    octets: bytes = calendar.to_ical()
    return octets


def _person(party: Party, **params: str) -> vCalAddress:
    person = vCalAddress(f"mailto:{party.address}")
    person.params.update({"CN": party.label} if party.label else {}, **params)
    return person


def _reminder(facts: EntryFacts) -> Alarm:
    start = facts.occurrences[0].starts_at
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", cleaning.lines(facts.alarm_text))
    alarm.add("trigger", evening_before(start, facts.zone) - start)
    return alarm

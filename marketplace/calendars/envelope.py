"""What stands around every entry: who made it, in which version, and the time zone."""

from icalendar import Calendar, Timezone

from marketplace.calendars.facts import Method
from marketplace.kernel.times import AMSTERDAM

# Lean on purpose: two observances since 1970, each with a rule. Outlook.com refuses local mean time, Outlook
# an observance with both a rule and dates; and without any, Outlook is an hour off.
_ZONE = Timezone.from_ical(f"""BEGIN:VTIMEZONE
TZID:{AMSTERDAM}
BEGIN:DAYLIGHT
DTSTART:19700329T020000
RRULE:FREQ=YEARLY;BYMONTH=3;BYDAY=-1SU
TZNAME:CEST
TZOFFSETFROM:+0100
TZOFFSETTO:+0200
END:DAYLIGHT
BEGIN:STANDARD
DTSTART:19701025T030000
RRULE:FREQ=YEARLY;BYMONTH=10;BYDAY=-1SU
TZNAME:CET
TZOFFSETFROM:+0200
TZOFFSETTO:+0100
END:STANDARD
END:VTIMEZONE
""")


def envelope(method: Method | None = None) -> Calendar:
    """A calendar with the time zone and no entries yet, valid as it is (RFC 5545 3.6)."""
    calendar = Calendar()
    calendar.add("prodid", "-//Meeloop//Marketplace//NL")
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    if method:
        calendar.add("method", method.value)
    calendar.add_component(_ZONE)
    return calendar

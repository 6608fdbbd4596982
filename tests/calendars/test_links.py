"""Links that put something into an online calendar once."""

from urllib.parse import parse_qs, urlsplit

from marketplace.calendars.links import google_link, outlook_link
from tests.calendars.examples import session

SAID = {
    "summary": "Docentstage Reestdal & Zn.",
    "location": "Smidsvonkweg 14, 7944 XY Meppel",
    "details": "Kijk op https://x.example/claims/7H2K?a=b&c=d",
}
EVENING = session("2027-03-02", "17:00", "20:00")


def said(link: str) -> dict[str, str]:
    return {name: value for name, (value,) in parse_qs(urlsplit(link).query).items()}


def test_google_gets_the_local_times_with_their_zone() -> None:
    wishes = said(google_link([EVENING], **SAID))
    assert wishes["dates"] == "20270302T170000/20270302T200000"
    assert wishes["ctz"] == "Europe/Amsterdam"
    assert (wishes["text"], wishes["location"], wishes["details"]) == tuple(SAID.values())
    assert "recur" not in wishes


def test_outlook_gets_the_instants() -> None:
    wishes = said(outlook_link([EVENING], **SAID))
    assert (wishes["startdt"], wishes["enddt"]) == ("2027-03-02T16:00:00Z", "2027-03-02T19:00:00Z")
    assert (wishes["subject"], wishes["location"], wishes["body"]) == tuple(SAID.values())


def test_a_series_repeats_in_google_and_is_left_out_for_outlook() -> None:
    weeks = [session(day) for day in ("2027-03-04", "2027-03-11", "2027-03-18")]
    assert said(google_link(weeks, **SAID))["recur"] == "RRULE:FREQ=WEEKLY;COUNT=3"
    assert outlook_link(weeks, **SAID) == ""


def test_dates_without_a_rule_are_left_to_the_file() -> None:
    days = [session(day) for day in ("2027-03-04", "2027-03-09", "2027-04-18")]
    assert google_link(days, **SAID) == outlook_link(days, **SAID) == ""

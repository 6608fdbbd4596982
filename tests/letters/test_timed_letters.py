"""What letters say that go out because time passes."""

import re

from marketplace.kernel import addresses
from marketplace.kernel.texts import speaking
from marketplace.kernel.wording import moment
from tests.letters.examples import CODE, OPENS, PARTY, PLAIN, facts, visit
from tests.letters.reading import both_languages, written


@both_languages
def test_a_reminder_says_what_to_bring_before_where_to_report(language: str) -> None:
    _, text, html = written("reminder", language)
    for said in (text, html.words):
        assert said.rindex("S3, geen sneakers") < said.index("Gerda Nijboer, receptie hal 2")


def test_a_reminder_says_how_soon() -> None:
    assert written("reminder", "en", days=1)[0].startswith("Tomorrow: ")
    assert written("reminder", "en", days=7)[0].startswith("In a week: ")
    assert written("reminder", "en", days=0)[0].startswith("Today: ")


@both_languages
def test_a_digest_links_to_each_claim_and_says_how_many_more_there_are(language: str) -> None:
    subject, text, html = written("digest", language)
    assert "5" in subject
    assert {addresses.decide(CODE, 3), addresses.decide(PARTY, 1), addresses.desk_claims()} == set(html.links)
    assert re.search(r"\b3\b", text.split(addresses.decide(PARTY, 1))[1])
    whole = written("digest", language, number=2)[1]
    assert not re.search(r"\b3\b", whole.split(addresses.decide(PARTY, 1))[1])


@both_languages
def test_an_announcement_says_when_sign_up_opens_and_how_to_stop_it(language: str) -> None:
    subject, text, html = written("announcement", language)
    with speaking(language):
        opens = moment(OPENS)
    assert "4" in subject
    assert text.count(opens) == 2 and html.says(opens)
    assert facts("announcement")["unsubscribe"] in text.splitlines()
    assert opens not in written("announcement", language, now=OPENS)[1]


def test_an_announcement_of_one_moment_names_it() -> None:
    subject, text, html = written("announcement", "en", moments=[visit()], more=0)
    assert PLAIN.title in subject
    assert addresses.front() not in text.splitlines() and addresses.front() not in html.links


def test_a_host_is_asked_for_attendance_with_the_number_of_people() -> None:
    _, text, html = written("attendance_request", "en", participants=1)
    assert "Of 1 participant we" in text and html.says("Of 1 participant we")
    assert "Of 2 participants we" in written("attendance_request", "en")[1]


def test_a_coordinator_reads_with_what_a_moved_visit_clashes() -> None:
    _, text, html = written("claim_clash", "en")
    assert "“Kijkje in de lakstraat”" in text and html.says("“Kijkje in de lakstraat”")

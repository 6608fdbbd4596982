"""What letters say while a claim waits, moves up, is decided, changes and ends."""

from dataclasses import replace
from datetime import timedelta

import pytest

from marketplace.claims.states import ClaimState, Lapse
from marketplace.kernel import addresses
from marketplace.kernel.texts import speaking
from marketplace.kernel.wording import day_of_year, moment, plain_day
from tests.letters.examples import (
    CODE,
    ESRA,
    FOR_CLAIM,
    NAMELESS,
    PARTY,
    PLAIN,
    STARTS,
    TO_HOST_BEFORE_YES,
    Words,
    claim,
    for_a_colleague,
    without_a_name,
)
from tests.letters.reading import Read, all_words, both_languages, written

# --- Before a host said yes --------------------------------------------------------------------------------


@pytest.mark.parametrize("name", TO_HOST_BEFORE_YES)
@both_languages
def test_a_host_reads_who_would_come_without_the_name(name: str, language: str) -> None:
    known = for_a_colleague(state=ClaimState.PENDING)
    named = replace(known, participant=replace(known.participant, name="Sander van 't Veld"))
    subject, text, html = written(name, language, claim=named)
    with speaking(language):
        function = known.participant.function_name
    for expected in (function, "PIE", "Reestcollege Meppel", PLAIN.text):
        assert expected in text and html.says(expected)
    for hidden in ("Sander", "van 't Veld", ESRA):
        assert hidden not in subject + text + html.words


@pytest.mark.parametrize("name", ["claim_to_decide", "claim_to_decide_host"])
@both_languages
def test_who_decides_reads_until_when(name: str, language: str) -> None:
    _, text, html = written(name, language)
    with speaking(language):
        expected = moment(STARTS - timedelta(days=2))
    assert expected in text and html.says(expected)


def test_only_coordinators_read_that_they_can_still_approve_and_only_before_the_start() -> None:
    at_start = claim(state=ClaimState.LAPSED, state_at=STARTS)
    _, text, html = written("claim_undecided", "en")
    assert "You can still approve it" in text and html.says("You can still approve it")
    assert "approve" not in written("claim_undecided", "en", claim=at_start)[1]
    assert "You can" not in written("claim_undecided_host", "en")[1]


# --- Somebody else signed up, or nobody is named yet -------------------------------------------------------

TO_THE_MAKER = (
    "claim_received",
    "claim_waitlisted",
    "claim_changed",
    "claim_rejected",
    "claim_withdrawn",
    "claim_cancelled",
    "claim_lapsed",
    "seat_to_name",
)


@pytest.mark.parametrize("name", TO_THE_MAKER)
@all_words
@both_languages
def test_who_asked_for_seats_without_a_name_reads_no_stand_in_for_one(
    name: str, words: Words, language: str
) -> None:
    known = without_a_name(words, FOR_CLAIM[name][0])
    subject, text, html = written(name, language, words, claim=known)
    assert NAMELESS.name not in subject + text + html.words
    with speaking("en"):
        why = f"you asked for room for your school on {plain_day(known.made_at)}"
    if language == "en":
        assert why in text and html.says(why)


@pytest.mark.parametrize("name", ["claim_received", "claim_waitlisted", "seat_to_name"])
@both_languages
def test_who_asked_for_seats_reads_until_when_to_name_somebody(name: str, language: str) -> None:
    with speaking(language):
        until = moment(STARTS - timedelta(days=7))
    _, text, html = written(name, language, claim=without_a_name(state=FOR_CLAIM[name][0]))
    assert until in text and html.says(until)
    if name != "seat_to_name":
        assert until not in written(name, language)[1]


def test_the_names_are_asked_for_on_the_page_of_the_party() -> None:
    _, text, html = written("seat_to_name", "en")
    assert addresses.party(PARTY) in text.splitlines()
    assert html.links == [addresses.party(PARTY)]


@pytest.mark.parametrize("name", ["claim_approved", "seat_named", "claim_waitlisted"])
@both_languages
def test_whom_a_colleague_signed_up_reads_who_that_was(name: str, language: str) -> None:
    known = for_a_colleague(state=FOR_CLAIM[name][0])
    _, text, html = written(name, language, claim=known, coordinator="")
    body, why = text.split("\n--\n")
    assert ESRA in body and ESRA in why and html.words.count(ESRA) >= 2


@pytest.mark.parametrize("name", ["claim_approved", "seat_named", "reminder"])
def test_whoever_has_not_read_the_safety_notes_is_asked_to(name: str) -> None:
    sentence = "Read the safety notes and confirm them"
    state = FOR_CLAIM[name][0]
    _, text, html = written(name, "en", claim=for_a_colleague(state=state))
    assert sentence in text and html.says(sentence)
    _, text, html = written(name, "en", claim=claim(state=state, made_by=ESRA))
    assert sentence not in text and not html.says(sentence)


def test_whoever_is_named_while_the_party_waits_reads_who_answers() -> None:
    for state, sentence in (
        (ClaimState.WAITLISTED, f"{ESRA} gets a mail and answers for you"),
        (ClaimState.OFFERED, f"{ESRA} answers for you, before Friday 5 February 2027"),
    ):
        _, text, html = written("seat_named", "en", claim=for_a_colleague(state=state))
        assert sentence in text and html.says(sentence)
        assert "A seat is kept" not in text


# --- The waiting list --------------------------------------------------------------------------------------


@both_languages
def test_whoever_waits_reads_their_place_and_when_the_list_closes(language: str) -> None:
    _, text, html = written("claim_waitlisted", language)
    with speaking(language):
        closes = moment(STARTS - timedelta(hours=84))
    assert "2" in text.splitlines()[0]
    for expected in (closes, "48", "3"):
        assert expected in text and html.says(expected)
    assert addresses.withdraw(CODE) in text.splitlines()


def test_only_a_party_reads_how_many_seats_it_needs() -> None:
    assert "3 seats together" in written("claim_waitlisted", "en", seats=3)[1]
    assert "together" not in written("claim_waitlisted", "en", seats=1)[1]


@both_languages
def test_an_offered_seat_says_until_when_and_has_one_button(language: str) -> None:
    subject, text, html = written("seat_offered", language)
    with speaking(language):
        until = moment(STARTS - timedelta(days=4))
        in_short = day_of_year(STARTS - timedelta(days=4))
    assert in_short in subject
    assert until in text.split("\n\n", 2)[2].split("\n\n")[0] and html.says(until)
    assert html.links == [addresses.party(PARTY)]


def test_seats_for_a_party_are_counted() -> None:
    subject, text, html = written("seat_offered", "en", seats=3)
    assert subject.startswith("3 seats have come free")
    assert "the 3 seats go to whoever is next" in text and html.says("the 3 seats go to whoever is next")


def test_who_leaves_the_waiting_list_gives_back_no_seat() -> None:
    _, text, html = written("claim_withdrawn", "en", had_seat=False, has_invite=False)
    assert "off the waiting list" in text and html.says("off the waiting list")
    assert "seat" not in text


# --- Nobody did in time what had to be done ----------------------------------------------------------------


@pytest.mark.parametrize("reason", Lapse)
@both_languages
def test_every_way_to_lapse_has_words_of_its_own(reason: Lapse, language: str) -> None:
    def letter(lapsed_as: Lapse) -> tuple[str, str, Read]:
        return written("claim_lapsed", language, claim=claim(state=ClaimState.LAPSED, lapsed_as=lapsed_as))

    _, text, html = letter(reason)
    heading, said = text.splitlines()[0], text.split("\n\n")[2]
    assert html.says(heading) and html.says(said)
    others = [letter(each)[1] for each in Lapse if each != reason]
    assert all(heading not in each and said not in each for each in others)


def test_nobody_is_promised_an_approval_that_cannot_come_any_more() -> None:
    assert "a coordinator can still approve it" in written("claim_lapsed", "en")[1]
    late = claim(state=ClaimState.LAPSED, state_at=STARTS)
    _, text, html = written("claim_lapsed", "en", claim=late)
    assert "not your fault" in text and "coordinator" not in text and not html.says("coordinator")


# --- Changes -----------------------------------------------------------------------------------------------


def test_a_change_says_with_what_it_clashes() -> None:
    _, text, html = written("claim_changed", "en", clash="Kijkje in de lakstraat")
    assert "signed up for “Kijkje in de lakstraat” too" in text and html.says("“Kijkje in de lakstraat” too")
    assert text.index("lakstraat") < text.index("This is how it stands now.")
    assert "At that time" not in written("claim_changed", "en")[1]


def test_a_change_lets_people_go_without_reproach() -> None:
    _, text, html = written("claim_changed", "en")
    assert "feel free to withdraw" in text and html.says("feel free to withdraw")


@pytest.mark.parametrize(
    ("state", "sentence"),
    [
        (ClaimState.WAITLISTED, "still on the waiting list"),
        (ClaimState.OFFERED, "is kept until Friday 5 February 2027, 8:00"),
    ],
)
def test_a_change_says_where_a_claim_without_a_seat_stands(state: ClaimState, sentence: str) -> None:
    _, text, html = written("claim_changed", "en", claim=claim(state=state), has_invite=False)
    assert sentence in text and html.says(sentence)


def test_who_left_is_told_to_hosts_and_coordinators_each_in_their_own_words() -> None:
    _, host, _ = written("participant_left", "en", is_host=True)
    _, coordinator, html = written("participant_left", "en", is_host=False)
    assert f"contact of {PLAIN.host}" in host and "See who is coming" in host
    assert "coordinator of this region" in coordinator and html.says("See the claim")

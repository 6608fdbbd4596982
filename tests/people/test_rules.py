"""How addresses, postcodes and websites are kept, which are none, and where a role can hold."""

import pytest

from marketplace.kernel.errors import Refusal, Refused
from marketplace.organisations.models import Kind
from marketplace.people import rules
from marketplace.people.states import Role


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        (" M.Otten@Reestcollege.NL ", "m.otten@reestcollege.nl"),
        ("o'brien+lassen@x-y.nl", "o'brien+lassen@x-y.nl"),
        ("a@bücher.nl", "a@xn--bcher-kva.nl"),
    ],
)
def test_an_address_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert rules.normal_email(typed) == kept


@pytest.mark.parametrize(
    "typed", ["", "otten", "a@b", "a b@x.nl", "ü@x.nl", "a@x.nl, b@x.nl", "a@x.nl\nBcc: b@x.nl"]
)
def test_what_no_letter_can_reach_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        rules.normal_email(typed)


@pytest.mark.parametrize(("typed", "kept"), [("7941ab", "7941 AB"), ("7941 AB", "7941 AB")])
def test_a_postcode_is_kept_in_one_form(typed: str, kept: str) -> None:
    assert rules.why_not_postcode(typed) is None
    assert rules.normal_postcode(typed) == kept


@pytest.mark.parametrize("typed", ["", "794 AB", "0941 AB", "7941 A1", "7941  AB", "7941 ABC", "7941 AB\n"])
def test_what_is_no_postcode_is_refused(typed: str) -> None:
    assert isinstance(rules.why_not_postcode(typed), Refusal)


@pytest.mark.parametrize(
    ("typed", "kept"),
    [
        ("", ""),
        ("www.bedrijf.nl", "https://www.bedrijf.nl"),
        ("http://bedrijf.nl/over?x=1", "http://bedrijf.nl/over?x=1"),
        (" https://bedrijf.nl:8080/ ", "https://bedrijf.nl:8080/"),
    ],
)
def test_a_website_becomes_a_link(typed: str, kept: str) -> None:
    assert rules.normal_website(typed) == kept


@pytest.mark.parametrize(
    "typed", ["bedrijf", "javascript:alert(1)", "ftp://bedrijf.nl", "https://a b.nl", "https://x.nl/\nq"]
)
def test_what_is_no_website_is_refused(typed: str) -> None:
    with pytest.raises(Refused):
        rules.normal_website(typed)


@pytest.mark.parametrize(
    ("role", "kind", "is_refused"),
    [
        (Role.COORDINATOR, rules.REGION, False),
        (Role.COORDINATOR, "", True),
        (Role.ADMINISTRATOR, "", False),
        (Role.ADMINISTRATOR, rules.REGION, True),
        (Role.ADMINISTRATOR, Kind.COMPANY, True),
        (Role.COORDINATOR, Kind.SCHOOL, True),
        (Role.HOST_CONTACT, Kind.COMPANY, False),
        (Role.HOST_CONTACT, Kind.SCHOOL, False),
        (Role.HOST_CONTACT, rules.REGION, True),
        (Role.HOST_CONTACT, "", True),
        (Role.PARTICIPANT, Kind.SCHOOL, False),
        (Role.PARTICIPANT, Kind.COMPANY, True),
        (Role.SCHOOL_CONTACT, Kind.COMPANY, True),
    ],
)
def test_a_role_holds_where_it_means_something(role: Role, kind: str, is_refused: bool) -> None:
    assert bool(rules.why_not_invite(role, kind)) is is_refused

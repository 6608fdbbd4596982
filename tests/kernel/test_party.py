"""Names and addresses that go into headers and calendar entries."""

import pytest

from marketplace.kernel.party import Party


@pytest.mark.parametrize(
    "address",
    ["m.otten@reestcollege.example", "meeloop@localhost", "o'brien+7h2k@x-y.example", "a/b=c@x.example"],
)
def test_a_bare_address_is_taken(address: str) -> None:
    assert Party("", address).address == address


@pytest.mark.parametrize(
    "address",
    [
        "",
        "otten",
        "Otten <m.otten@x.example>",
        "a@x.example\r\nBcc: b@x.example",
        "a@x.example\n",
        "a b@x.example",
        "a@b@x.example",
        "a,b@x.example",
        '"a"@x.example',
        "ü@x.example",
        "a@bücher.example",
        "a@x.example;b@x.example",
    ],
)
def test_anything_else_is_refused(address: str) -> None:
    with pytest.raises(ValueError, match="bare mail address"):
        Party("", address)


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("Meeloop, namens Größe; b.v.", "Meeloop, namens Größe; b.v."),
        ('Jan "de lasser" Otten', "Jan de lasser Otten"),
        ("Otten\r\nBcc: x@y.example", "Otten Bcc: x@y.example"),
        ("a^n\u2028b\x00", "an b"),
        ("a\\;b", "a;b"),
        (" \t", ""),
    ],
)
def test_a_label_is_one_line_that_needs_no_escape(name: str, label: str) -> None:
    assert Party(name, "a@x.example").label == label

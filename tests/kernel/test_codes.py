"""Codes, UIDs and keys: short, unmistakable and not to be guessed."""

import re
from random import Random

from marketplace.kernel.codes import ALPHABET, drawing_from, new_code, new_key, new_uid


def test_a_code_is_ten_characters_that_nobody_misreads() -> None:
    assert re.fullmatch(f"[{ALPHABET}]{{10}}", new_code())
    assert not set(ALPHABET) & set("01ILOU")


def test_no_two_are_the_same() -> None:
    for new in (new_code, new_key, lambda: new_uid("meeloop.example")):
        assert len({new() for _ in range(1000)}) == 1000


def test_a_uid_is_a_random_uuid_at_its_domain() -> None:
    version, variant = "4", "[89ab]"
    shape = f"[0-9a-f]{{8}}-[0-9a-f]{{4}}-{version}[0-9a-f]{{3}}-{variant}[0-9a-f]{{3}}-[0-9a-f]{{12}}"
    assert re.fullmatch(f"{shape}@meeloop.example", new_uid("meeloop.example"))


def test_a_key_fits_in_a_cookie() -> None:
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", new_key())


def test_a_demonstration_draws_the_same_again_and_only_within_its_block() -> None:
    drawn = []
    for _ in range(2):
        with drawing_from(Random(1)):
            drawn.append((new_code(), new_uid("x"), new_key()))
    assert drawn[0] == drawn[1]
    assert new_code() != drawn[0][0]

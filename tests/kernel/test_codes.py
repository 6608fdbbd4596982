"""Codes cannot be guessed, except where a demonstration asks for the same ones again."""

import re
from random import Random

from marketplace.kernel.codes import ALPHABET, drawing_from, new_code, new_key, new_uid


def drawn() -> tuple[str, str, str]:
    return new_code(), new_uid("meeloop.example"), new_key()


def drawn_from(seed: int) -> tuple[str, str, str]:
    with drawing_from(Random(seed)):
        return drawn()


def test_they_have_their_shape() -> None:
    code, uid, key = drawn()
    assert len(code) == 10 and set(code) <= set(ALPHABET)
    assert re.fullmatch(
        r"[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}@meeloop\.example", uid
    )
    assert re.fullmatch(r"[A-Za-z0-9_-]{32}", key)


def test_the_same_source_gives_the_same_ones() -> None:
    assert drawn_from(1) == drawn_from(1)
    assert not set(drawn_from(1)) & set(drawn_from(2))


def test_outside_of_it_nobody_can_foresee_them() -> None:
    drawn_from(1)
    first = drawn()
    drawn_from(1)
    assert not set(drawn()) & set(first)

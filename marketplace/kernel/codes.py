"""Public codes: what stands in addresses instead of row ids."""

import secrets

ALPHABET = "23456789ABCDEFGHJKMNPQRSTVWXYZ"
LENGTH = 10


def new_code() -> str:
    """Ten characters that cannot be guessed (49 bits) nor misread (no 0/O, 1/I/L, U)."""
    return "".join(secrets.choice(ALPHABET) for _ in range(LENGTH))

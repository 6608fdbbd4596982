"""Words as they are searched: folded and stemmed, in Dutch and English alike, the same way for both databases."""

import re
from collections.abc import Iterable
from functools import lru_cache
from threading import Lock

from snowballstemmer import stemmer

from marketplace.kernel.wording import fold

LONGEST = 40
"""Letters of a word that count."""
MOST = 10
"""Words of a search that count."""
PREFIX = 3
"""Letters from which on the beginning of a word finds it."""
DUTCH = ("de", "het", "een", "en", "of", "in", "op", "bij", "van", "voor", "met", "te", "aan", "naar", "om")
ENGLISH = ("the", "a", "an", "and", "or", "at", "on", "for", "with", "to")
SILENT = frozenset((*DUTCH, *ENGLISH))
"""What people type along, and what says nothing."""

Group = tuple[str, ...]
"""Terms of which one must be there. One that ends in "*" stands for all that begin so."""

_stemmers = [stemmer(name) for name in ("dutch", "dutch_porter", "english")]
"""Dutch twice: one knows "gelast" and "huizen", the other "dagen"."""
_lock = Lock()


def words(text: str) -> list[str]:
    """The words of a text, folded: lower case, without accents, each once."""
    return list(dict.fromkeys(word[:LONGEST] for word in re.findall(r"[^\W_]+", fold(text))))


@lru_cache(maxsize=50_000)
def forms(word: str) -> Group:
    """A folded word and its stems. Two words are one where they share any of these."""
    with _lock:  # a stemmer keeps the word that it works on
        return tuple(dict.fromkeys((word, *(each.stemWord(word) for each in _stemmers))))


def terms(texts: Iterable[str]) -> list[str]:
    """What texts are found by, each once."""
    return list(dict.fromkeys(form for text in texts for word in words(text) for form in forms(word)))


def wanted(text: str) -> list[str]:
    """The words that count of what somebody types."""
    found = words(text)
    return ([word for word in found if word not in SILENT] or found)[:MOST]


def group(word: str, *, is_known: bool) -> Group:
    """What finds a word; of one that stands nowhere, whatever begins with it: it may still be being typed."""
    return forms(word) if is_known or len(word) < PREFIX else (*forms(word), f"{word}*")


def facet(name: str, value: str) -> str:
    """The term of a filter's value, such as no word can be or begin with: "=profile=pie"."""
    return f"={name}={value.lower()}"

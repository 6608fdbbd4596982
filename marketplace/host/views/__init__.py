"""The pages of those who receive people, one module for each task."""

from marketplace.host.views import (
    attending,
    claims,
    drafting,
    offers,
    papers,
    questions,
    roster,
    safety,
    sites,
    slots,
)
from marketplace.host.views.room import blueprint

__all__ = [
    "attending",
    "blueprint",
    "claims",
    "drafting",
    "offers",
    "papers",
    "questions",
    "roster",
    "safety",
    "sites",
    "slots",
]

"""The pages of the desk, by task."""

from marketplace.desk.views import bulk, claims, front, letters, offers, people, questions
from marketplace.desk.views.desk import blueprint

__all__ = ["blueprint", "bulk", "claims", "front", "letters", "offers", "people", "questions"]

"""The pages of school staff, one module for each task."""

from marketplace.teacher.views import claiming, own, parties, together
from marketplace.teacher.views.room import blueprint

__all__ = ["blueprint", "claiming", "own", "parties", "together"]

"""The pages of school staff, one module for each task."""

from marketplace.teacher.views import answering, claiming, own, parties, together
from marketplace.teacher.views.room import blueprint

__all__ = ["answering", "blueprint", "claiming", "own", "parties", "together"]

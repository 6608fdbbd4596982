"""Front room for a school's own contact: own staff's claims, lesson cover."""

from marketplace.school import views

__all__ = ["views"]

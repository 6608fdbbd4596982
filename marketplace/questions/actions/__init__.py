"""What people do with questions, and what happens to them by itself. One module for each task."""

from marketplace.questions.actions.answering import answer_with, show_interest, tell_due
from marketplace.questions.actions.asking import ask
from marketplace.questions.actions.ending import close, forget_due, lapse_due, take_down, withdraw

__all__ = [
    "answer_with",
    "ask",
    "close",
    "forget_due",
    "lapse_due",
    "show_interest",
    "take_down",
    "tell_due",
    "withdraw",
]

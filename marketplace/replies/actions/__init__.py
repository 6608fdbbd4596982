"""What happens to mails that come back, and to withdrawals that follow. One module for each task."""

from marketplace.replies.actions.reading import forget_due, handle, read_due
from marketplace.replies.actions.withdrawing import stay, withdraw_due

__all__ = ["forget_due", "handle", "read_due", "stay", "withdraw_due"]

"""iCalendar: entries, the invites that carry them by mail, and the feeds that calendars subscribe to."""

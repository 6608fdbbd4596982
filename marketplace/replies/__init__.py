"""Trade room: answers and bounces that come back by mail. It reads them, and acts through what claims can do."""

"""The forms of the market: a search, saving it, a question."""

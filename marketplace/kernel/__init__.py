"""Ground room: database, clock, texts, wording, errors, codes, journal and addresses. Knows nothing of the trade."""

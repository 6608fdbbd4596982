"""Trade room: what hosts offer, with its slots and sessions, and the search over them."""

"""Trade room: persons, their roles, how they sign in, and the certificates they keep."""

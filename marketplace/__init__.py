"""Meeloop: a marketplace for learning outside school. The rooms are described in docs/architecture.md."""

"""Measurements: each a ratio against a yardstick in the same run. `make bench` prints them all."""

"""The forms of those who receive people, one module for each task."""

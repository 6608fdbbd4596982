"""The forms of school staff, one module for each task."""

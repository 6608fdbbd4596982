"""What the pages of those who receive people show, one module for each task."""

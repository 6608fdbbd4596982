"""What the pages of the market show, one module for each task."""

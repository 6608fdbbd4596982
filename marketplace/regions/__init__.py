"""Trade room: regions with their sub-regions, and the school holidays that hold there."""

"""Trade room: from claim to decision, and what a change of a slot, brief or address means for those who claimed."""

"""Trade room: searches that people keep, and the mails that tell what is new in them."""

"""Trade room: what schools and companies ask each other, and how they answer."""

"""Trade room: subscriptions to calendar feeds. It only reads what claims and offers wrote down."""

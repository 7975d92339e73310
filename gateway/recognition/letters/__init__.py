"""Letters: what two institutions tell each other off the chain about one transfer."""

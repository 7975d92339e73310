"""How a member's node is: what was observed, what of it is an alarm, and what cures it."""

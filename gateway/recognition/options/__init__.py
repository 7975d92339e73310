"""What an outcome would give, where, under which rule, and why not elsewhere."""

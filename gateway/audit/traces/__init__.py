"""Everything that ever happened to a credential."""

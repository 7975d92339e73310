"""What a province's node operator runs: from one network.toml to a running member of the chain."""

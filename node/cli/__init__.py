"""The command `huren-node`: what the operator of a province's node types."""

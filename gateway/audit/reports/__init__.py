"""The office's figures, as of a block, the same bytes everywhere, signed."""

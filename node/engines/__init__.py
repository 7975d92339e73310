"""The programs that run a chain, each behind the same operations (see `protocol`)."""

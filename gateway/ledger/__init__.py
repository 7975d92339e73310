"""The chain as a gateway sees it: live reads, the outbox that alone sends, the index that follows every province."""

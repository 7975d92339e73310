"""The regional office's work: is the record complete, what was recognised where, and what asks for a second look."""

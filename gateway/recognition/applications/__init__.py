"""Applications at the source centre, from a learner's wish to the request on the chain."""

"""Statements: what a learner holds and has used, what an institution and a centre gave and took."""

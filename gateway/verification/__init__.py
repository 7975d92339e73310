"""Verification: from a hash or a file to a verdict, in the eight numbered steps that code and answers share."""

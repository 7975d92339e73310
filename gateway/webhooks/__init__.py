"""Telling others of what happened: signed messages to web addresses, in order, until they are taken."""

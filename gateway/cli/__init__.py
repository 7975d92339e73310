"""The command line ``huren``: each module parses, calls one service and renders. No rule of the domain lives here."""

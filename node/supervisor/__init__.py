"""One member's supervisor: keeps the chain client and the Kubo daemon running, and says how they are.

    python -P -m node.supervisor --dir DIR

It ends its programs in order when it is told to end (SIGTERM) and reads the folder's files again on SIGHUP. Killed, it
leaves them running, and the next one finds them.
"""

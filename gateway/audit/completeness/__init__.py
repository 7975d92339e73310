"""Completeness: proof that a node's events lack nothing, or the name of what it left out, altered, moved or invented.

    result = CompletenessCheck(node, deployment, witnesses=[other], clock=time.time).run()
    result.verdict, result.findings, result.heads

In numbered steps, which code, docs and answers share:
1 the newest final header, its digest recomputed, as new as asked, and the same at other members' nodes · 2 the
contracts, from the Directory's own events · 3 every event of every one of them, read from the node, folded into heads ·
4 the members, from the Consortium's own events, and so every subject that can have a head · 5 each head stored, proven
by eth_getProof under the header · 6 heads compared; where they differ, what is wrong is found and named.
"""

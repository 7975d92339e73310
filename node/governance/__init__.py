"""Bringing the chain's validators to what the consortium decided, without ever halting the chain.

view = observe(layout, now=time.time())        # the contract's members, the chain's validators, who is at work
plan = planned(view)                           # pure: what differs, the one next step, why the others wait
carry_out(layout, plan)                        # this member's own vote, and nobody else's

Who is a member the contract says; with which key its node seals, its card says, whose row stands in network.toml
(decision 0265). A change takes the votes of more than half of the validators, cast in the headers they seal.
"""

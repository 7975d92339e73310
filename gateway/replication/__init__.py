"""Who keeps which documents: packs in several provinces, manifests in all; what is lacking here, and its repair.

keepers(digest, owner, members, factor)      choice.py     every province computes the same answer
PackBook.page(asker, after)                  packs.py      what this province's packs are, told to members alone
Replicas.round()                             replicas.py   other provinces' packs that are ours to keep
Survey.report()                              survey.py     what is lacking or damaged here
repair(survey, …)                            repair.py     and brought back from other provinces
Keeper.run(stop)                             keeper.py     all of it while the gateway serves
"""

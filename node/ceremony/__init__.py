"""How a consortium's network comes to be without a secret that two would share.

member new       a member makes its keys where they will live, and a public card that proves it holds each of them
assemble         anyone makes of the plan and the cards network.toml and genesis.json, the same bytes everywhere
swarm key        one member makes it and seals it to each card's exchange key; each opens its own
add              a later member's card becomes a row; block 0 stays as it is

The fingerprint of the two files is read out over the telephone (`node.client.fingerprint`). Decisions 0250 to 0254.
"""

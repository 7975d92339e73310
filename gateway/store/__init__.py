"""What a gateway remembers: SQL (models, engine, migrations, bulk writes) and the leaf index.

The tables fall into two families with different worth (docs/threat-model.md has a row for each):
the centre's own work and personal data, which exist nowhere else (accounts, issuance, outbox), and the cache of
the chain (everything in `models.chain`, and the leaf index), which `huren index rebuild`
makes again from an empty file.
"""

"""Everything that differs between the engines; each engine is a folder.

invalidation  the interface by which a process learns that a credential changed
sqlite        client, invalidation by the WAL-index, case folding
postgresql    client, invalidation by notifications
"""

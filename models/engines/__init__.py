"""Everything that differs between the engines; each engine is a folder.

engine        the interface of an engine as a whole
dialect       the interface of its SQL in lists
invalidation  the interface by which a process learns that a credential changed
sqlite        client, dialect, invalidation by the WAL-index, case folding
postgresql    client, dialect, invalidation by notifications
"""

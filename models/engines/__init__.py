"""Everything that differs between the engines; each engine is a folder.

engine        the interface of an engine as a whole, which `database.engine()` returns
dialect       the interface of its SQL in lists
events        the interface of reading what happened
invalidation  the interface by which a process learns that a credential changed
rights        the answer to what a role may not do
statements    the interface of the other statements that the engines word differently
trouble       the value in which trouble is told
write_probe   the interface of the question whether the database takes writes
sqlite        a file: invalidation by the WAL-index, locks beside it, case folding
postgresql    a server: invalidation by notifications, advisory locks, rights of roles
"""

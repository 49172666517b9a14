"""SQLite.

client        Tortoise's client, whose transactions take the write lock when they begin
dialect       the pieces of SQL that its lists are made of
file_place    whether a database can be at a path
folding       how a text loses its case
invalidation  commits of other processes, seen in the header of the WAL-index
wal_index     that header in shared memory
"""

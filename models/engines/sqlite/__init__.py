"""SQLite.

engine         all of it as one value
client         Tortoise's client, whose transactions take the write lock when they begin
counts         the store of counts that the workers of a node share, in a file of its own
dialect        the pieces of SQL that its lists are made of
events         what happened, in the order of the ids
file_identity  whether a path still leads to the file that was opened
file_place     whether a database can be at a path
folding        how a text loses its case
invalidation   commits of other processes, seen in the header of the WAL-index
locks          locks of files beside the database
migration      a failed migration, undone
schema.sql     tables, indexes and triggers as the migrations leave them
statements     the other statements that it words in its own way
trouble        the driver's errors that are the database's fault
wal_index      that header in shared memory
write_probe    whether the file takes writes
"""

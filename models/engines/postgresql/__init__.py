"""PostgreSQL.

engine        all of it as one value
client        Tortoise's client, whose transactions survive the loss of their connection
dialect       the pieces of SQL that its lists are made of
events        what happened, by snapshots
invalidation  notifications, trusted only while they are proven to arrive
locks         advisory locks, each held by a connection of its own
migration     the transaction around all migrations
rights        what the role must be allowed, and which GRANT it lacks
schema.sql    tables, indexes, triggers and functions as the migrations leave them
statements    the other statements that it words in its own way
trouble       the driver's errors that are the database's fault
write_probe   whether the server takes writes
"""

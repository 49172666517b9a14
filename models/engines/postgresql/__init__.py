"""PostgreSQL.

client        Tortoise's client, whose transactions survive the loss of their connection
dialect       the pieces of SQL that its lists are made of
invalidation  notifications, trusted only while they are proven to arrive
"""

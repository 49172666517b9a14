"""PostgreSQL.

client        Tortoise's client, whose transactions survive the loss of their connection
invalidation  notifications, trusted only while they are proven to arrive
"""

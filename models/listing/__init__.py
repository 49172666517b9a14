"""Pages of rows that operators look through: by key, sorted, filtered, the same on both engines.

It knows the tables, and not who looks.
"""

"""The database's history: one directory of aerich migrations for both engines."""

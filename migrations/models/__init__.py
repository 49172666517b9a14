"""Migrations of the application's tables, applied in the order of their numbers."""

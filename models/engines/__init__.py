"""Tortoise's two clients, each with the one thing mended that an authentication server needs."""

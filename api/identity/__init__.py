"""What the system does: verbs over principals, sessions, accounts and keys.

It knows no web framework and writes no query; the tables' named questions are in `models`.
"""

"""Who is asking: from a credential to a principal.

authenticator     resolves a credential; every request goes through it
credential_cache  principals by the digest of their credential
principal         the answer: a user, the method and the scopes
eligibility       the users who may authenticate in the mode in force
last_used         the last use of each key, written once a second
flush_schedule    the moments of writing, the same on every node
"""

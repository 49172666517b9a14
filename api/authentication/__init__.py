"""Who is asking: from a credential to a principal.

authenticator     resolves a credential; every request goes through it
credential_cache  principals by the digest of their credential
principal         the answer
eligibility       which users count in the mode in force
last_used         when keys were last used, written once a second
flush_schedule    the moments of that, the same on every node
"""

"""What a user does with their own account. An operator's verbs are in administration.

registration  a new account
gate          every sign-in passes it: a user and a proof give a session
sign_in       by password
collaborators what a check of a password, and a sign-in by it, work with
sessions      opening, rotating, ending; one row of `refresh_tokens` is one session
password profile  changing them
api_keys      making, listing, revoking
identities    identities at providers
environment_operators  the operators that the environment names, and the anonymous one
"""

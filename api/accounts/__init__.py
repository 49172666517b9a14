"""Users' operations on their own accounts. Operators' are in `administration`.

registration  creates an account
gate          opens a session for a user and a proof; every sign-in passes it
sign_in       signs in with a password
collaborators the arguments of operations that check a password or sign in with one
sessions      opens, rotates and ends sessions; one row of `refresh_tokens` is one session
password profile  change the password and the name
api_keys      creates, lists and revokes keys
identities    lists and unlinks identities at providers
environment_operators  the operators that the environment names, and the anonymous one
"""

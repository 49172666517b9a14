"""A signed-in user's own things, and their schemas.

profile     name, password, sessions
api_keys    API keys
identities  identities at providers
"""

"""HTTP in, HTTP out: a handler reads, calls one verb, and renders.

public   needs no session: configuration, signing in and out, providers, verify, health
account  a user's own profile, password, sessions, keys and identities
admin    everything under `/v1/admin`
all      every route, in the order of the OpenAPI document

Nothing is decided here but statuses, cookies and who may call.
"""

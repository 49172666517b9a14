"""Routes that need no session, and their schemas.

auth    configuration, registration, sign-in, refresh, sign-out
oauth   to a provider and back
verify  the question that proxies ask
health  liveness, readiness, metrics
"""

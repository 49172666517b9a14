"""Signing in with an account at a provider (OAuth 2.0, OpenID Connect).

From the outside in: `sign_in` and `identities` are the verbs; `linking` decides whose account it is;
`openid` and `github` ask a provider who somebody is; `attempts` binds a sign-in to its browser. Only
here are Authlib, joserfc and httpx2 imported, and only once a provider is configured.
"""

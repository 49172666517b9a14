"""Signing in with an account at a provider (OAuth 2.0, OpenID Connect).

sign_in                 a sign-in from its beginning to its end
authorization_requests  one try, and the cookie value that binds it to its browser
linking                 whose account somebody at a provider is
providers clients       the table of providers, and the client of each
openid github           the two kinds of client
discovery id_tokens profile  what providers send, checked
cached_document provider_http  how providers are asked
failures                how a sign-in ends without a session
"""

"""Signing in with an account at a provider (OAuth 2.0, OpenID Connect).

sign_in                 a sign-in from its beginning to its end
authorization_requests  one try, and the cookie value that binds it to its browser
linking                 the account that a profile at a provider belongs to
providers clients       the table of providers, and the client of each
openid github           the two kinds of client
discovery id_tokens profile  the checks of everything that providers send
cached_document provider_http  requests to providers, bounded and cached
failures                the ways in which a sign-in ends without a session
"""

"""Everruns Auth, the API server.

The layers, from the outside in; each imports only what stands below it (import-linter holds it):

    cli, __main__      command lines; processes and signals
    app                the one place where the parts are joined
    routes             HTTP in, HTTP out
    identity           what the system does: verbs over principals, sessions, accounts, keys
    security | models  values without I/O (tokens, hashes, digests) | the only place with an ORM
    errors, settings   refusals as values | the only reader of the environment
"""

__version__ = "0.3.0"

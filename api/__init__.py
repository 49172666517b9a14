"""Everruns Auth, the API server.

The floors, from the outside in; each imports only what stands below it (import-linter holds it):

    cli, demo, __main__   command lines, and a throw-away server
    server                processes: start, workers, signals, logs
    app                   the one place where the parts are joined
    routes                HTTP in, HTTP out, by audience: public, account, admin
    http                  what every route shares: credentials, permissions, problems, cookies
    services              the collaborators that live as long as the process
    accounts              what a user does
    administration        what an operator does
    federation            signing in at a provider
    authentication        who is asking: from a credential to a principal
    audit                 what is written down of it
    writability           whether the database takes writes
    throttle, hashing, trouble_log, silences   limits | hashing in threads | the database's troubles
    redis_counts          failures that nodes count together
    security | models     values without I/O (tokens, hashes, digests) | the only place with an ORM
    own_packages          whether Python found our packages; the commands in `scripts` begin there
    errors, request_context, settings   refusals | when and from where | the only reader of the environment
"""

__version__ = "0.3.0"

"""Who we are at which server, and what is kept of it. Knows nothing of lists.

login         which way in a server has, which credential opens it, and what to say if none does
logout        forgetting the kept tokens, and ending their session
session       the server that is asked, and who we are there
token_store   the tokens of a sign-in, and their file
target        the server that was named, and how far it may be trusted with this machine
contexts      the servers that an operator gave names to
preferences   what is remembered of an operator's taste
private_files files that only their owner may read
paths         where all of these are
"""

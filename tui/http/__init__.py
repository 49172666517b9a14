"""The server, over HTTP: asked, understood, listened to. Knows nothing of screens.

client       one method for each thing that is asked or done
auth         the credential of a request: an API key, or a token that is renewed quietly
transport    how much of an answer is read, and in which encoding
server_clock the difference between the server's clock and ours
paging       the walk from page to page, which ends
environment  the proxies and certificates that the environment names
responses    what an answer means, and the values in it
errors       everything that can go wrong, as a tree
feed         what the server tells by itself, and whether it is still telling
"""

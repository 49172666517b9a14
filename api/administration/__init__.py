"""What operators see and do. Whether the caller is one, routes check.

users sessions api_keys  verbs
actor         in whose name they are done, and what the audit trail says of it
queries       pages of rows, and single ones
overview      numbers
feed          events as they happen
unblocking    an account or a network may try again
housekeeping  what is thrown away, and when
"""

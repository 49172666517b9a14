"""Operators' queries and changes. Routes check that the caller is an operator.

users sessions api_keys  changes
actor         the operator or tool that makes them, for the audit trail
queries       pages of rows, and single rows
overview      counts
feed          events as they happen
unblocking    lifts the limits on an account or a network
housekeeping  deletes old rows
"""

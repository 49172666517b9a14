"""The routes for operators, under `/v1/admin`, and their schemas.

users sessions api_keys identities audit_events  lists, and what is done to their rows
overview         numbers
stream           events as they happen
list_parameters  the query of a list
"""

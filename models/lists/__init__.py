"""Pages of rows, in keyset order, filtered, the same on both engines.

users api_keys sessions audit_events  one list each: its columns, filters and sorts
owners       filters by the owner of a row
query        the value that describes a list's SQL
segments     the order of a list, cut where the sorted column is null
text_search  finding a part of a text
scripts      letters of scripts that put no space between words
cursors      positions in a list, as opaque text
budget       how much of the database one page may read
search       which index is read, and how far
experience   which candidate set paid off before
page_request filters, order, size and position of a page
pages        rows, and the cursors beside them
"""

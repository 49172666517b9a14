"""HTTP in, HTTP out: a handler reads, calls one verb of `identity`, and renders.

Nothing is decided here but statuses, cookies and who may call.
"""

"""The operators' dashboard: knows the server only over HTTP, and imports nothing of it."""

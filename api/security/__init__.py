"""Functions without I/O: hashes of passwords, digests of credentials, tokens, addresses."""

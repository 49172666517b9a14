"""Values and functions without I/O: hashes of passwords, digests of credentials, tokens."""

"""The operations on rows. A new one is one class, its name in `all`, and a binding.

users api_keys sessions identities   the operations, by what they are done to
operation   what each of them says of itself, and what came of it
runner      the way of all of them: allowed, asked, confirmed, run, said
all         which there are
"""

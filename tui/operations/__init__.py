"""What an operator can do to rows.

definitions what each is called, means and hits, and what must be typed: said before it is done
execution   how each is carried out against the server, and what came of it
runner      the way of all of them: allowed, confirmed, run, said
"""

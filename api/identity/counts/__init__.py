"""The stores of counts: what failed lately, and what is under way, for all who count together.

`count.py` holds the words, `local.py` the store that the workers of a node share, `redis.py` the one
that nodes share. Which things are counted together is decided in `throttle`.
"""

"""Stores of counts: what failed lately, and what is under way, for all who count together.

count  the words: what a store is asked and answers
local  a SQLite file that the workers of one node share
redis  for nodes that count together

Which things are counted together is decided in `throttle`.
"""

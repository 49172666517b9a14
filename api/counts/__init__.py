"""Stores of counts: recent failures, and attempts in flight.

count  the values and the interface of a store
local  a SQLite file that the workers of one node share
redis  a store that several nodes share

`throttle` decides which things are counted together.
"""

"""The server's processes; no rule of authentication is here.

start       reads the settings, checks everything that can be checked, and starts the workers
supervisor  watches the workers: signals, deaths, stopping
heartbeats  tells working workers from hanging ones
logs        configures logging, once a process
"""

"""A list as a file.

list_file   every page of a list, written into a file that is whole or not there
exporter    the export that is under way: where it goes, how far it is, and that it can be stopped
"""

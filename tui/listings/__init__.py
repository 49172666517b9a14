"""The lists that the dashboard shows: their paths, columns, words and orders."""

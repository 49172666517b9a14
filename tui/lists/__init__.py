"""Lists as values: what they show, how they are asked for and held. Knows neither network nor widgets.

listing           the form that every list fills in: path, columns, words, orders
users api_keys sessions audit   the four lists; `all` has them by name
schemas           rows and other answers of the server, typed and fit for a screen
columns           how columns share a width
filters           what is typed behind `/`, as a query
page_buffer       the few pages that are loaded
detail_fields     which facts of one row are shown, and how
"""

"""The parts that the screens are made of.

header crumbs footer   around every view
live                   the promises of a part that shows what the server tells
fetcher                one question at a time, asked again when it is due; on it stand
polled_widget          one answer: `detail` shows one row so
list_pane              one list: it joins the parts below; `panes` are the four lists
  filter_input held_keys         what is typed: the filter, and keys that wait for rows
  live_rows                      rows that are kept true; on it stand
    list_loader list_rows        rows, asked for; and what is known of them
    refresh_queue row_highlights what of a list is due, and which rows are highlighted
  table row_renderer             the lines of a list
facts tiles chart      drawings of values
text_input checkbox    of forms
"""

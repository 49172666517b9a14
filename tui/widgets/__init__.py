"""The parts that the screens are made of.

header crumbs footer   around every view
live_widget            what is told by the feed and by the clock; on it stand
polled_widget          one answer, asked for again when it is due: `detail` shows one row so
loader                 rows of a list, asked for: `window_pane` shows them, `following_pane` keeps
                       them live, `list_pane` filters, sorts and marks, `panes` act
held_keys              keys that wait for the list they are about
refresh_queue row_highlights   what of a list is due, and which rows are highlighted
table row_renderer     the lines of a list
facts tiles chart      drawings of values
text_input checkbox    of forms
"""

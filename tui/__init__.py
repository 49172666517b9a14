"""The operators' dashboard: knows the server only over HTTP, and imports nothing of it.

cli/          the command, `--once`, `--serve`
app           the application: it joins what follows
navigation    which screen is shown, and the ways into one thing: by its row, its id, a key's prefix
screens/      a screen for each view, and the dialogs
widgets/      the parts of screens
operations/   what an operator can do to rows
export/       a list as a file
questions     what may be asked of the operator first
context       what every part may ask the application for
session/      who we are at which server, and what is kept of it
http/         the server, asked, understood and listened to
lists/        lists as values
text relative_time themes   foreign text for a screen, points in time, colours
"""

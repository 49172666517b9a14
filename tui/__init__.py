"""The operators' dashboard: knows the server only over HTTP, and imports nothing of it.

cli/          the command, `--once`, `--serve`
app           the application: it joins what follows
screens/      a screen for each view, and the dialogs
widgets/      the parts of screens
operations/   what an operator can do to rows
export/       a list as a file
navigation    the ways into one thing: by its row, its id, a key's prefix
context       what every part of the application may rely on
session/      who we are at which server, and what is kept of it
http/         the server, asked, understood and listened to
lists/        lists as values
text relative_time themes   foreign text for a screen, points in time, colours
"""

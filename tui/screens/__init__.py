"""What fills the terminal: a screen for each view, and what comes up over it.

view        what all views share
overview lists details   the views; views   which there are
sign_in     the way in
help palette key_help    which keys work here, shown and searched
dialogs/    questions
"""

"""The screens: one for each view, and the dialogs over them.

view        what all views share
overview lists details   the views; views   which there are
sign_in     the way in
help palette key_help    which keys work here, shown and searched
dialogs/    questions
"""

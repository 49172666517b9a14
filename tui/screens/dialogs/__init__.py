"""What must be answered before anything goes on. Each dialog knows only its question.

confirm   yes or no, and where more than one thing dies, what must be typed
form      a few lines of text
choice    one of a few
"""

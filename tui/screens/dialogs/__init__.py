"""The dialogs, which must be answered first. Each knows only its question.

questions one dialog at a time, for whoever asks
confirm   yes or no, and where more than one thing dies, what must be typed
form      a few lines of text
choice    one of a few
"""

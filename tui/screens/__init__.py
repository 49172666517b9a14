"""What fills the terminal: one screen for each view, and the dialogs."""

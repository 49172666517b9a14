"""The dashboard's command line.

command             the options, what the environment adds to them, and which of the others runs
keymap              `keys.toml`: which bindings are on other keys
print_command       `--once`: the same data for scripts
serve               `--serve`: the dashboard in a browser
terminal_detection  whether GNU screen stands between us and the terminal
"""

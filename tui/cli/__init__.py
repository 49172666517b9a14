"""The dashboard's command line.

command             the options, what the environment adds to them, and which of the others runs
print_command       `--once`: the same data for scripts
serve               `--serve`: the dashboard in a browser
terminal_detection  whether GNU screen stands between us and the terminal
"""

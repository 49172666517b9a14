"""The settings: every environment variable the server obeys, read once, and nowhere else.

fields        each variable, its type and its default
values        the parsers of single values
raw_text      white space and quotes around a value, and texts that cannot be meant
rules         conditions between variables
environment   reads all of them, and reports every problem at once
"""

from api.settings.environment import (
    SettingsRejected,
    advice_in_environment,
    database_from_environment,
    load,
    unknown_in_environment,
    unknown_variables,
)
from api.settings.fields import Settings, variables

__all__ = [
    "Settings",
    "SettingsRejected",
    "advice_in_environment",
    "database_from_environment",
    "load",
    "unknown_in_environment",
    "unknown_variables",
    "variables",
]

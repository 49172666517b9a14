"""The settings: every environment variable the server obeys, read once, and nowhere else.

fields        each variable and what it may hold
values        the parsers of single values
raw_text      what around a value is not meant, and what is odd
rules         what one variable may hold because of another
environment   reading them, and every problem at once
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

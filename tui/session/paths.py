"""The places of files that outlive a run. Knows nothing of their content."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "everruns-auth"


def contexts_file() -> Path:
    """The file of contexts in the user's folder of configuration."""
    return platformdirs.user_config_path(_NAME) / "contexts.toml"


def keys_file() -> Path:
    return platformdirs.user_config_path(_NAME) / "keys.toml"


def preferences_file() -> Path:
    """The file of preferences in the user's folder of configuration."""
    return platformdirs.user_config_path(_NAME) / "dashboard.json"


def tokens_folder() -> Path:
    """The folder of tokens in the user's folder of state."""
    return platformdirs.user_state_path(_NAME) / "tokens"

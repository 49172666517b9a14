"""Owns where the dashboard keeps things between two runs. Knows nothing of what they are."""

from __future__ import annotations

from pathlib import Path

import platformdirs

_NAME = "everruns-auth"


def contexts_file() -> Path:
    return platformdirs.user_config_path(_NAME) / "contexts.toml"


def preferences_file() -> Path:
    return platformdirs.user_config_path(_NAME) / "dashboard.json"


def tokens_folder() -> Path:
    return platformdirs.user_state_path(_NAME) / "tokens"

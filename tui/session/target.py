"""The server that the dashboard was told to open, and how far it may be trusted with it.

Knows nothing of the command line nor of how one gets in there.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

DEFAULT_URL = "http://localhost:9300/api"


@dataclass(frozen=True, slots=True)
class Target:
    """A server. `lock` says what holds the dashboard read-only there; empty: nothing does.

    With `allows_plain_http` credentials go to another machine unencrypted, and nobody is asked.
    """

    url: str = DEFAULT_URL
    context: str = ""
    colour: str = "blue"
    lock: str = ""
    api_key: str | None = field(default=None, repr=False)
    allows_plain_http: bool = False

    def at(self, url: str) -> Target:
        """The same, at another URL; an API key and a context's name stay with their own."""
        if url == self.url:
            return self
        return replace(self, url=url, context="", api_key=None)

"""The operations on API keys."""

from __future__ import annotations

from tui import relative_time
from tui.http.client import BULK, Client
from tui.http.errors import Trouble
from tui.http.feed import Event
from tui.lists.api_keys import API_KEYS
from tui.lists.schemas import ApiKey
from tui.operations.operation import Operation, Outcome, counted, not_done


class RevokeKeys(Operation[ApiKey]):
    """API keys end; programs that use them stop."""

    listing = API_KEYS

    @property
    def title(self) -> str:
        """The question, with the number of several keys."""
        return f"Revoke {'this API key' if len(self.rows) == 1 else f'{len(self.rows)} API keys'}?"

    @property
    def consequence(self) -> str:
        """The keys that end; it warns where one is the dashboard's own."""
        if len(self.rows) == 1:
            end, own = f"{self._line(self.rows[0])}; programs that use it stop now.", "it"
        else:
            end, own = (
                f"{len(self.rows)} API keys end; programs that use them stop now.",
                "one of them",
            )
        return end + (f" This dashboard uses {own}!" if self._is_own else "")

    @property
    def names(self) -> tuple[str, ...]:
        """Each key in words, where there are several."""
        return tuple(map(self._line, self.rows)) if len(self.rows) > 1 else ()

    @property
    def _is_own(self) -> bool:
        own = self.by.api_key
        return bool(own) and any(own.startswith(key.key_prefix.rstrip(".")) for key in self.rows)

    def _line(self, key: ApiKey) -> str:
        if key.last_used_at is None:
            return f"{API_KEYS.label(key)}, never used"
        origin = f" from {key.last_used_ip}" if key.last_used_ip else ""
        used = relative_time.since(key.last_used_at, self.by.now)
        return f"{API_KEYS.label(key)}, last used {used}{origin}"

    async def run(self, client: Client) -> Outcome:
        """Revokes the keys, several in batches of BULK, until one batch meets trouble."""
        if len(self.rows) == 1:
            await client.revoke_key(self.rows[0].id)
            return Outcome(f"revoked {API_KEYS.label(self.rows[0])}", self._events(1))
        revoked, asked = 0, 0
        trouble: Trouble | None = None
        while asked < len(self.rows) and trouble is None:
            batch = self.rows[asked : asked + BULK]
            try:
                revoked += await client.revoke_keys(tuple(key.id for key in batch))
            except Trouble as met:
                if not asked:
                    raise
                trouble = met
            else:
                asked += len(batch)
        words = f"revoked {counted(revoked, 'API key')}"
        words += f"; {asked - revoked} had gone before" if asked > revoked else ""
        words += not_done(len(self.rows) - asked, trouble)
        return Outcome(words, self._events(asked), trouble)

    def _events(self, count: int) -> tuple[Event, ...]:
        return tuple(Event("key_revoked", {"id": key.id}) for key in self.rows[:count])

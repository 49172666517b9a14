"""The operations on sessions."""

from __future__ import annotations

from tui import relative_time
from tui.http.client import Client
from tui.http.feed import Event
from tui.lists.schemas import Session
from tui.lists.sessions import SESSIONS
from tui.operations.operation import Operation, Outcome, one_by_one


class EndSessions(Operation[Session]):
    """Sessions are signed out."""

    listing = SESSIONS

    @property
    def title(self) -> str:
        """The question, with the number of several sessions."""
        return f"End {'this session' if len(self.rows) == 1 else f'{len(self.rows)} sessions'}?"

    @property
    def consequence(self) -> str:
        """The sessions that end; it warns where one is the operator's own."""
        if len(self.rows) == 1:
            end = f"{self._line(self.rows[0])}; it is signed out now."
            own = "You are this user"
        else:
            end = f"{len(self.rows)} sessions are signed out now. API keys go on working."
            own = "Some are yours"
        return end + (f" {own}: this dashboard may be signed out!" if self._is_own else "")

    @property
    def names(self) -> tuple[str, ...]:
        """Each session in words, where there are several."""
        return tuple(map(self._line, self.rows)) if len(self.rows) > 1 else ()

    @property
    def _is_own(self) -> bool:
        """With an API key the dashboard has no session that could end."""
        is_mine = any(session.user_id == self.by.user_id for session in self.rows)
        return is_mine and not self.by.api_key

    def _line(self, session: Session) -> str:
        origin = f" from {session.ip_address}" if session.ip_address else ""
        program = f" ({session.user_agent})" if session.user_agent else ""
        used = relative_time.since(session.last_used_at or session.created_at, self.by.now)
        return f"The session of {session.user_email}{origin}{program}, last used {used}"

    async def run(self, client: Client) -> Outcome:
        """Ends the sessions one by one."""

        async def end(session: Session) -> int:
            await client.end_session(session.id)
            return 1

        return await one_by_one(self.rows, end, _ended, ("ended", "session"))


def _ended(session: Session) -> Event:
    return Event("session_ended", {"id": session.id, "user_id": session.user_id})

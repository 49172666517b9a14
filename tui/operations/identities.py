"""The operations on a user's identities at providers."""

from __future__ import annotations

from collections.abc import Sequence

from tui.http.client import Client
from tui.http.errors import Trouble
from tui.lists.schemas import Identity, User
from tui.operations.operation import Operation, Outcome, user_changed
from tui.operations.users import is_you
from tui.questions import Questions

# As their owners write them; a provider of another name is called by it.
_PROVIDERS = {"github": "GitHub", "google": "Google"}


class Unlink(Operation[User]):
    """A user can no longer sign in with a provider. With several, the operator chooses one."""

    one_at_a_time = "identities are unlinked for one user at a time; u takes the marks off"
    _identities: Sequence[Identity] = ()

    @property
    def title(self) -> str:
        """The question, with the provider and the address."""
        if not self._identities:
            return "Identities"
        return f"Unlink {self._name} from {self.rows[0].email}?"

    @property
    def consequence(self) -> str:
        """The accounts at the provider that are unlinked, and what goes on."""
        email, count = self.rows[0].email, len(self._identities)
        which = f"{self._name} identity" if count == 1 else f"{count} {self._name} identities"
        accounts = ", ".join(one.account for one in self._identities)
        return (
            f"The {which} {accounts} of {email} {'goes' if count == 1 else 'go'}; {email} can no "
            f"longer sign in with {self._name}. Sessions and API keys go on."
        ) + is_you(self.rows, self.by)

    @property
    def typed(self) -> str:
        """Several at one provider go at once, and want their number."""
        return str(len(self._identities)) if len(self._identities) > 1 else ""

    @property
    def _name(self) -> str:
        return _name_of(self._identities[0].provider)

    async def asked(self, client: Client, questions: Questions, problem: str) -> bool:  # noqa: ARG002
        """Reads the identities of the user, and lets the operator choose among several providers.

        Raises:
            Trouble: the user has no identity.
        """
        user = self.rows[0]
        by_provider: dict[str, list[Identity]] = {}
        for one in await client.identities(user.id):
            by_provider.setdefault(one.provider, []).append(one)
        if not by_provider:
            raise Trouble(f"{user.email} has no identity to unlink")
        chosen: int | None = 0
        if len(by_provider) > 1:
            names = [
                f"{_name_of(provider)}: {', '.join(one.account for one in identities)}"
                for provider, identities in by_provider.items()
            ]
            chosen = await questions.choose(f"Which identity of {user.email}?", names)
        if chosen is not None:
            self._identities = list(by_provider.values())[chosen]
        return chosen is not None

    async def run(self, client: Client) -> Outcome:
        """Unlinks the identities at the chosen provider."""
        await client.unlink(self.rows[0].id, self._identities[0].provider)
        words = f"unlinked {self._name} from {self.rows[0].email}"
        return Outcome(words, (user_changed(self.rows[0]),))


def _name_of(provider: str) -> str:
    return _PROVIDERS.get(provider, provider)

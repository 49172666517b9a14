"""The errors between the dashboard and its server.

    Trouble
     ├── Unreachable        nothing answers there, or it broke off
     │    └── Silent        it did not answer in time
     ├── NotOurServer       something answers, and it is not this API
     ├── NotKept            the file of the tokens cannot be read or written
     ├── PlainHttp          a credential would travel unencrypted, and nobody has said yes to that
     └── Refused            the server said no, in its own words
          ├── NotSignedIn   401: nobody, or nobody any more
          ├── NotPermitted  403: somebody, without the right
          └── Missing       404: it is gone

Every message is a sentence for an operator. Knows nothing of how it is shown.
"""

from __future__ import annotations


class Trouble(Exception):
    """The server could not be asked, or did not do as asked."""

    @property
    def words(self) -> str:
        """The message, for an operator."""
        return str(self)


class Unreachable(Trouble):
    """Nothing answers at the URL; trying again may help."""


class Silent(Unreachable):
    """It may be there, and has said nothing for longer than it should."""


class NotOurServer(Trouble):
    """The server is no Everruns Auth, or its answers have another shape."""


class NotKept(Trouble):
    """The file in which tokens are kept cannot be used; nothing is wrong with the server."""

    @classmethod
    def because(cls, wrong: Exception) -> NotKept:
        """The system's message of an error, without Python's prefix."""
        words = str(wrong)
        if isinstance(wrong, OSError) and wrong.strerror:
            words = f"{wrong.filename}: {wrong.strerror}" if wrong.filename else wrong.strerror
        return cls(f"the kept sign-in cannot be used: {words}")


class PlainHttp(Trouble):
    """A credential would go to another machine over plain http; it was not sent."""


class Refused(Trouble):
    """The server's own words, with its status and stable code."""

    def __init__(self, words: str, *, status: int, code: str = "") -> None:
        super().__init__(words)
        self.status = status
        self.code = code


class NotSignedIn(Refused):
    """The credential is missing, wrong, or over."""


class NotPermitted(Refused):
    """The credential is good and the right is lacking."""


class Missing(Refused):
    """The named row does not exist (any more)."""

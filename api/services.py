"""Assembles the collaborators that live as long as the process.

No verb knows it: each names those that it works with.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from api.administration.feed import Feed
from api.administration.overview import Overviews
from api.authentication.authenticator import Authenticator
from api.authentication.credential_cache import CredentialCache
from api.authentication.last_used import LastUsed
from api.federation.authorization_requests import AuthorizationRequestSealer
from api.federation.clients import ProviderClient, clients_of
from api.hashing import PasswordHasher, default_threads
from api.security.tokens import TokenSigner
from api.settings import Settings
from api.silences import Silences
from api.throttle import Throttle, counts_at
from api.writability import Writability
from models.database import engine_of
from models.engines.invalidation import Invalidation


@dataclass(frozen=True, slots=True)
class Services:
    """The collaborators that live as long as the process and are shared by all requests."""

    settings: Settings
    tokens: TokenSigner
    hasher: PasswordHasher
    throttle: Throttle
    last_used: LastUsed
    authenticator: Authenticator
    invalidation: Invalidation
    feed: Feed
    overviews: Overviews
    authorization_requests: AuthorizationRequestSealer
    providers: Mapping[str, ProviderClient]
    silences: Silences
    writability: Writability


def assemble(settings: Settings, *, workers: int = 1, counts_file: Path | None = None) -> Services:
    """Make the collaborators of one worker out of the settings; needs a running loop.

    `counts_file` is what the workers count in together where no Redis does it.
    """
    secret = settings.jwt_secret
    assert secret is not None, "settings.load() provides one"
    secrets = (
        secret.get_secret_value(),
        [s.get_secret_value() for s in settings.jwt_secrets_previous],
    )
    tokens = TokenSigner(*secrets)
    last_used = LastUsed()
    memory = CredentialCache(settings.remembered_credentials)
    silences = Silences()
    engine = engine_of(settings.database)
    invalidation = engine.invalidation(settings.database, memory)
    return Services(
        settings=settings,
        tokens=tokens,
        hasher=PasswordHasher(cost=settings.bcrypt_cost, threads=default_threads(workers)),
        throttle=Throttle(counts_at(settings.rate_limit_storage.get_secret_value(), counts_file)),
        last_used=last_used,
        authenticator=Authenticator(
            settings, tokens, last_used, memory=memory, invalidation=invalidation
        ),
        invalidation=invalidation,
        feed=Feed(),
        overviews=Overviews(is_open=settings.mode == "none"),
        authorization_requests=AuthorizationRequestSealer(*secrets),
        providers=clients_of(settings),
        silences=silences,
        writability=Writability(engine.write_probe(settings.database), silences),
    )

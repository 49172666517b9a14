from __future__ import annotations

import math
from uuid import UUID, uuid4

from api.authentication.credential_cache import MAX_CHANGED, CachedCredential, CredentialCache
from api.authentication.principal import Principal

ANN, BOB = uuid4(), uuid4()
S1, S2, S3 = uuid4(), uuid4(), uuid4()
NOW = 1_000.0


def entry(
    memory: CredentialCache, user: UUID = ANN, *, until: float = math.inf, proof: UUID | None = None
) -> CachedCredential:
    principal = Principal(
        user_id=user,
        email="ann@example.com",
        name="Ann",
        avatar_url=None,
        roles=("user",),
        email_verified=False,
        method="jwt",
        session_id=proof or S1,
    )
    return CachedCredential(principal=principal, expires_at=until, mark=memory.mark)


def test_what_was_remembered_is_recalled() -> None:
    memory = CredentialCache(10)
    kept = entry(memory)
    memory.remember(b"a", kept)
    assert memory.recall(b"a", NOW) is kept
    assert memory.recall(b"b", NOW) is None


def test_an_expired_credential_is_forgotten_to_the_second() -> None:
    memory = CredentialCache(10)
    memory.remember(b"a", entry(memory, until=NOW))
    assert memory.recall(b"a", NOW - 0.001) is not None
    assert memory.recall(b"a", NOW) is None
    assert len(memory) == 0


def test_the_least_recently_used_goes_first() -> None:
    memory = CredentialCache(2)
    for name in (b"a", b"b"):
        memory.remember(name, entry(memory))
    memory.recall(b"a", NOW)
    memory.remember(b"c", entry(memory))
    assert memory.recall(b"b", NOW) is None
    assert memory.recall(b"a", NOW) is not None
    assert len(memory) == 2


def test_a_flood_of_wrong_credentials_pushes_nothing_out() -> None:
    memory = CredentialCache(2)
    memory.remember(b"a", entry(memory))
    for number in range(1_000):
        assert memory.recall(b"%d" % number, NOW) is None
    assert len(memory) == 1


def test_a_memory_of_no_size_remembers_nothing() -> None:
    memory = CredentialCache(0)
    memory.remember(b"a", entry(memory))
    assert memory.recall(b"a", NOW) is None


def test_a_change_voids_its_user_its_session_and_nobody_else() -> None:
    memory = CredentialCache(10)
    memory.remember(b"ann", entry(memory, ANN, proof=S1))
    memory.remember(b"ann too", entry(memory, ANN, proof=S2))
    memory.remember(b"bob", entry(memory, BOB, proof=S3))
    memory.forget(f"session:{S1}")
    assert memory.recall(b"ann", NOW) is None
    assert memory.recall(b"ann too", NOW) is not None
    memory.forget(f"user:{ANN}")
    assert memory.recall(b"ann too", NOW) is None
    assert memory.recall(b"bob", NOW) is not None


def test_what_cannot_be_read_voids_everything() -> None:
    memory = CredentialCache(10)
    for what in ("all", "", "nonsense"):
        memory.remember(b"a", entry(memory))
        memory.forget(what)
        assert memory.recall(b"a", NOW) is None


def test_an_answer_from_before_a_change_is_not_remembered_after_it() -> None:
    memory = CredentialCache(10)
    read_before = entry(memory, ANN)
    memory.forget(f"user:{ANN}")
    memory.remember(b"a", read_before)
    assert memory.recall(b"a", NOW) is None
    memory.remember(b"a", entry(memory, ANN))
    assert memory.recall(b"a", NOW) is not None


def test_a_change_of_somebody_else_does_not_keep_an_answer_out() -> None:
    memory = CredentialCache(10)
    read_before = entry(memory, ANN)
    memory.forget(f"user:{BOB}")
    memory.remember(b"a", read_before)
    assert memory.recall(b"a", NOW) is not None


def test_so_many_changes_that_they_are_forgotten_void_everything() -> None:
    memory = CredentialCache(10)
    read_before = entry(memory, ANN)
    memory.forget(f"user:{ANN}")
    for _ in range(MAX_CHANGED):
        memory.forget(f"user:{uuid4()}")
    memory.remember(b"a", read_before)
    assert memory.recall(b"a", NOW) is None

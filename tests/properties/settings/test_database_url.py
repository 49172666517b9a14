from __future__ import annotations

from urllib.parse import quote

from hypothesis import given
from hypothesis import strategies as st

from api.settings.database_url import SSL_MODES, DatabaseUrl, DatabaseUrlRejected

SCHEMES = st.sampled_from(["sqlite://", "postgres://", "postgresql://", "", "mysql:"])
PIECES = st.text(st.sampled_from("/:@?#[]%=&;.,\\ aé0123456789\0\n"), max_size=40)
NAMES = st.text(st.characters(exclude_categories=["Cs", "Cc"]), min_size=1)


def parsed(text: str) -> DatabaseUrl | DatabaseUrlRejected:
    try:
        return DatabaseUrl.parse(text)
    except DatabaseUrlRejected as rejected:
        return rejected


@given(scheme=SCHEMES, rest=st.one_of(st.text(), PIECES))
def test_any_text_names_a_database_or_is_rejected(scheme: str, rest: str) -> None:
    url = parsed(scheme + rest)
    if isinstance(url, DatabaseUrl):
        assert (url.path is None) is (url.engine == "postgresql")
        assert url.database or url.path
    else:
        assert str(url)


@given(
    user=NAMES,
    password=NAMES,
    database=NAMES,
    port=st.integers(1, 65535),
    sslmode=st.sampled_from(SSL_MODES),
)
def test_what_was_percent_encoded_is_read_back(
    user: str, password: str, database: str, port: int, sslmode: str
) -> None:
    login = f"{quote(user, safe='')}:{quote(password, safe='')}"
    place = f"db.example.com:{port}/{quote(database, safe='')}"
    url = DatabaseUrl.parse(f"postgresql://{login}@{place}?sslmode={sslmode}")
    assert (url.user, url.password, url.database) == (user, password, database)
    assert (url.host, url.port, url.sslmode) == ("db.example.com", port, sslmode)


@given(secret=st.text("QZ", min_size=12), rest=PIECES)
def test_a_password_shows_nowhere(secret: str, rest: str) -> None:
    url = parsed(f"postgresql://me:{secret}@db/auth{rest}")
    assert secret not in repr(url) + str(url)

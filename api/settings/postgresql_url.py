"""Reads a PostgreSQL URL as libpq does, into values for the driver. The module opens nothing.

Every parameter is obeyed, or refused by its name; none that asks for something is ignored. A
refusal repeats no value, because any part of a mistyped URL may be a piece of the password.
"""

from __future__ import annotations

import ipaddress
import re
from dataclasses import dataclass
from typing import Any
from urllib.parse import unquote

SSL_MODES = ("disable", "allow", "prefer", "require", "verify-ca", "verify-full")
FILES = ("sslrootcert", "sslcert", "sslkey", "sslcrl", "passfile")
# The trust store of the system, as a value of sslrootcert (PostgreSQL 16).
SYSTEM_ROOTS = "system"
DEFAULT_HOST = "127.0.0.1"
DEFAULT_PORT = 5432
MAX_PORT = 65_535
MAX_URL_CHARS = 8_192
MAX_CONNECT_SECONDS = 600

_WHOLE = re.compile(
    r"postgres(?:ql)?://(?:(?P<login>[^/]*)@)?(?P<hosts>[^/?]*)"
    r"(?:/(?P<database>[^?]*))?(?:\?(?P<query>.*))?",
    re.DOTALL,
)
_HOST = re.compile(r"(?:\[(?P<address>[^\[\]]+)\]|(?P<name>[^:\[\]]*))(?::(?P<port>\d*))?")
_ENCODED = re.compile(r"%[0-9a-fA-F]{2}")
# The form of a parameter name; other texts are not repeated in a refusal, as they may be anything.
_A_NAME = re.compile(r"[a-z][a-zA-Z_]{1,39}")


class DatabaseUrlRejected(ValueError):
    """The text names no database that this server can use; the message never repeats it."""


@dataclass(frozen=True, slots=True)
class Choice:
    """A parameter that accepts some of libpq's values."""

    values: tuple[str, ...]
    otherwise: str = ""


def _one_of(*values: str, otherwise: str = "") -> Choice:
    return Choice(values, otherwise)


_TLS_VERSIONS = _one_of("TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3")
_NOT_DONE = "the driver does not do it"

# Handed to the driver as they are; None takes any text.
_OF_DRIVER: dict[str, Choice | None] = {
    **dict.fromkeys(FILES),
    "sslpassword": None,
    "sslnegotiation": _one_of("postgres", "direct"),
    "ssl_min_protocol_version": _TLS_VERSIONS,
    "ssl_max_protocol_version": _TLS_VERSIONS,
    "target_session_attrs": _one_of(
        "any", "read-write", "primary", otherwise="the server has to write"
    ),
    "krbsrvname": None,
    "gsslib": _one_of("gssapi", otherwise=_NOT_DONE),
}
# With the trust store of the system the driver gets a whole SSL context, and reads none of these.
_NOT_WITH_SYSTEM_ROOTS = {
    "sslcert",
    "sslkey",
    "sslpassword",
    "sslcrl",
    "ssl_min_protocol_version",
    "ssl_max_protocol_version",
}
# Values that ask for what the driver does anyway; it can do nothing else.
_AS_IT_IS = {
    "channel_binding": _one_of(
        "disable",
        "prefer",
        otherwise="the driver does not bind channels; take it out, and let "
        "sslmode=verify-full prove the server",
    ),
    "gssencmode": _one_of("disable", "prefer", otherwise=_NOT_DONE),
    "sslcompression": _one_of("0", otherwise=_NOT_DONE),
    "sslsni": _one_of("1", otherwise=_NOT_DONE),
    "sslcertmode": _one_of("allow", otherwise=_NOT_DONE),
    "load_balance_hosts": _one_of("disable", otherwise=_NOT_DONE),
    "client_encoding": _one_of("auto", "UTF8", "UTF-8", "utf8", "utf-8", otherwise="it is UTF-8"),
    "replication": _one_of("false", "off", "0", "no", otherwise="the server does not replicate"),
}
# Parameters of the session, sent to PostgreSQL.
_OF_SESSION = ("application_name", "options", "search_path")
_OTHERS = (
    "host",
    "port",
    "user",
    "password",
    "dbname",
    "sslmode",
    "ssl",
    "connect_timeout",
    "fallback_application_name",
    "prepared_statements",
)
_KEEPALIVE = "take it out; the server bounds every wait for the database by itself"
_WITHOUT_STATEMENTS = "write prepared_statements=off for a pooler that mixes statements"
_WITH_PATH = "write search_path"
# Parameters of libpq and of other drivers, each with the reason and the replacement.
_REFUSED = {
    **dict.fromkeys(
        (
            "keepalives",
            "keepalives_idle",
            "keepalives_interval",
            "keepalives_count",
            "tcp_user_timeout",
        ),
        _KEEPALIVE,
    ),
    **dict.fromkeys(("service", "servicefile"), "write into the URL what the service file holds"),
    "hostaddr": "write the address as the host",
    "database": "end the address with /NAME",
    "sslcrldir": "name a file with sslcrl",
    **dict.fromkeys(("pgbouncer", "prepareThreshold", "statement_cache_size"), _WITHOUT_STATEMENTS),
    **dict.fromkeys(("schema", "currentSchema"), _WITH_PATH),
}


def fields(text: str) -> dict[str, Any]:
    """The fields of the `DatabaseUrl` that the text names.

    Raises:
        DatabaseUrlRejected: a part of the address or a parameter is unusable.
    """
    whole = _WHOLE.fullmatch(text) if len(text) <= MAX_URL_CHARS else None
    if whole is None or "@" in (whole["database"] or ""):
        raise DatabaseUrlRejected(
            "cannot be read; percent-encode special characters of the user and the password"
        )
    parameters = _parameters(whole["query"] or "")
    user, _, password = (whole["login"] or "").partition(":")
    database = parameters.get("dbname") or _decoded(whole["database"] or "")
    if not database:
        raise DatabaseUrlRejected("names no database: end it with /NAME")
    first, *more = _hosts(whole["hosts"], parameters)
    return {
        "host": first[0],
        "port": first[1],
        "more_hosts": tuple(more),
        "user": parameters.get("user") or _decoded(user) or None,
        "password": parameters.get("password") or _decoded(password) or None,
        "database": database,
        "sslmode": _sslmode(parameters),
        "driver": tuple((name, parameters[name]) for name in _OF_DRIVER if name in parameters),
        "session": _session(parameters),
        "connect_seconds": _connect_seconds(parameters),
        "has_prepared_statements": parameters.get("prepared_statements") != "off",
    }


def _decoded(text: str) -> str:
    """The text without percent-encoding; a lone percent sign stays itself."""
    try:
        decoded = unquote(text, errors="strict") if _ENCODED.search(text) else text
    except UnicodeDecodeError:
        raise DatabaseUrlRejected("has percent-encoded bytes that are not UTF-8") from None
    if "\0" in decoded:
        raise DatabaseUrlRejected("has a NUL in it, which PostgreSQL takes nowhere")
    return decoded


def _parameters(query: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for pair in query.split("&") if query else ():
        name, equals, value = pair.partition("=")
        _check_name(name)
        if not equals or not value:
            raise DatabaseUrlRejected(f"needs a value for {name}")
        if name in found:
            raise DatabaseUrlRejected(f"has {name} twice; leave one")
        found[name] = _decoded(value)
        _check_value(name, found[name])
    return found


def _check_name(name: str) -> None:
    if name in _REFUSED:
        raise DatabaseUrlRejected(f"has {name}, which this server does not take; {_REFUSED[name]}")
    if name in _OF_DRIVER or name in _AS_IT_IS or name in (*_OF_SESSION, *_OTHERS):
        return
    which = name if _A_NAME.fullmatch(name) else "a parameter"
    raise DatabaseUrlRejected(f"has {which} that this server does not know; take it out")


def _check_value(name: str, value: str) -> None:
    choice = _OF_DRIVER.get(name) or _AS_IT_IS.get(name)
    if name == "prepared_statements":
        choice = _one_of("on", "off")
    elif name == "ssl":
        choice = _one_of("true", otherwise="write sslmode")
    elif name == "sslmode":
        choice = Choice(SSL_MODES)
    if choice and value not in choice.values:
        words = f"takes {name} only as {' or '.join(choice.values)}"
        raise DatabaseUrlRejected("; ".join(filter(None, (words, choice.otherwise))))


def _hosts(authenticator: str, parameters: dict[str, str]) -> list[tuple[str, int]]:
    """Each host with its port; a parameter has precedence over the address."""
    places = [_HOST.fullmatch(place) for place in authenticator.split(",")]
    if any(place is None for place in places):
        raise DatabaseUrlRejected(
            "has a host or a port that cannot be read; percent-encode special characters, "
            "and write an IPv6 address in brackets"
        )
    hosts = [_decoded(place["address"] or place["name"]) for place in places if place]
    ports = [place["port"] or str(DEFAULT_PORT) for place in places if place]
    if "host" in parameters:
        hosts = parameters["host"].split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
    if "port" in parameters:
        ports = parameters["port"].split(",")
        ports = ports * len(hosts) if len(ports) == 1 else ports
    if len(hosts) != len(ports):
        raise DatabaseUrlRejected("needs one port, or as many ports as hosts")
    if hosts == [""]:
        hosts = [DEFAULT_HOST]
    return [(_host(host), _port(port)) for host, port in zip(hosts, ports, strict=True)]


def _host(host: str) -> str:
    """A folder of sockets, an address without brackets, or a name."""
    bare = host.removeprefix("[").removesuffix("]")
    if not bare:
        raise DatabaseUrlRejected("has an empty host in its list")
    if not (_is_folder(host) or _is_address(bare) or _is_resolvable(host)):
        raise DatabaseUrlRejected("has a host that cannot be one")
    return bare


def _is_folder(host: str) -> bool:
    return host.startswith("/") and "," not in host


def _is_address(host: str) -> bool:
    try:
        ipaddress.IPv6Address(host)
    except ValueError:
        return False
    return True


def _is_resolvable(host: str) -> bool:
    """Whether the resolver accepts the name; for an empty label it raises no OSError."""
    try:
        host.encode("idna")
    except UnicodeError:
        return False
    return re.search(r"[\s:,/@\[\]\\%]", host) is None


def _port(text: str) -> int:
    if not (re.fullmatch(r"[0-9]{1,5}", text) and 0 < int(text) <= MAX_PORT):
        raise DatabaseUrlRejected(f"needs a port between 1 and {MAX_PORT}")
    return int(text)


def _sslmode(parameters: dict[str, str]) -> str | None:
    sslmode = parameters.get("sslmode")
    if parameters.get("ssl") == "true":
        # As libpq reads it.
        if sslmode is not None:
            raise DatabaseUrlRejected("has both ssl and sslmode; leave sslmode")
        return "require"
    if parameters.get("sslrootcert") == SYSTEM_ROOTS:
        if sslmode not in (None, "verify-full"):
            raise DatabaseUrlRejected("needs sslmode=verify-full with sslrootcert=system")
        if others := sorted(parameters.keys() & _NOT_WITH_SYSTEM_ROOTS):
            raise DatabaseUrlRejected(f"has {others[0]}, which sslrootcert=system goes without")
        return "verify-full"
    return sslmode


def _session(parameters: dict[str, str]) -> tuple[tuple[str, str], ...]:
    named = {name: parameters[name] for name in _OF_SESSION if name in parameters}
    if fallback := parameters.get("fallback_application_name"):
        named.setdefault("application_name", fallback)
    return tuple(named.items())


def _connect_seconds(parameters: dict[str, str]) -> int | None:
    text = parameters.get("connect_timeout")
    if text is None:
        return None
    if not (re.fullmatch(r"[0-9]{1,3}", text) and 0 < int(text) <= MAX_CONNECT_SECONDS):
        raise DatabaseUrlRejected(f"needs a connect_timeout of 1 to {MAX_CONNECT_SECONDS} seconds")
    return int(text)

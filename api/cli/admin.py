"""`everruns-admin`: administers the database directly, so it works while the server is down."""

from __future__ import annotations

import secrets
import sys
from contextlib import closing
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

import typer

from api.accounts.registration import check_password
from api.administration import api_keys, housekeeping, sessions, unblocking, users
from api.administration.actor import Actor
from api.administration.users import NewUser, Wanted
from api.cli.output import Output
from api.cli.work import fail, finish, finish_opened
from api.hashing import PasswordHasher
from api.request_context import RequestContext
from api.security.passwords import hash_password
from api.settings import Settings, database_from_environment, load
from models import User, schema

PENDING = 3
ACTOR = Actor(tool="everruns-admin")

Json = Annotated[bool, typer.Option("--json", help="Print JSON, for programs.")]
PasswordStdin = Annotated[
    bool, typer.Option("--password-stdin", help="Read the password from standard input.")
]
Email = Annotated[str, typer.Argument(help="The user's e-mail address.")]

app = typer.Typer(
    help="Administer the database that DATABASE_URL names. The server need not run.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def migrate(json: Json = False) -> None:
    """Apply the pending migrations. The server also does this when it starts."""

    async def work() -> None:
        applied = await schema.migrate(database_from_environment())
        words = [f"applied {name}" for name in applied] or ["nothing is pending"]
        Output(json).show({"applied": list(applied)}, words)

    finish(work)


@app.command("migrate-info")
def migrate_info(json: Json = False) -> None:
    """List the applied and the pending migrations. Exit status 0: current, 3: some pending."""

    async def work() -> bool:
        url = database_from_environment()
        status = await schema.status_of(url)
        words = [f"database  {url}"]
        words += [f"applied   {name}" for name in status.applied]
        words += [f"pending   {name}" for name in status.pending]
        words += ["current" if status.is_current else "pending: apply with everruns-admin migrate"]
        facts = {
            "engine": url.engine,
            "applied": list(status.applied),
            "pending": list(status.pending),
            "current": status.is_current,
        }
        Output(json).show(facts, words)
        return status.is_current

    if not finish(work):
        raise typer.Exit(PENDING)


@app.command("create-user")
def create_user(
    email: Email,
    role: Annotated[list[str] | None, typer.Option(help="A role; may be repeated.")] = None,
    name: Annotated[str | None, typer.Option(help="The display name.")] = None,
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Create a user. Without --password-stdin it asks for the password on a terminal."""
    password = _read_password(is_piped=password_stdin)
    roles = tuple(role) if role else ("user",)
    form = NewUser(email=email, name=name, password=password, roles=roles)

    async def work() -> None:
        settings = load()
        with closing(PasswordHasher(cost=settings.bcrypt_cost, threads=1)) as hasher:
            user = await users.create(form, ACTOR, _now(), settings=settings, hasher=hasher)
        words = [f"created {user.email} ({', '.join(user.roles)})"]
        if password is None:
            words.append("without a password: everruns-admin set-password gives it one")
        Output(json).show(_facts(user), words)

    finish_opened(work)


@app.command("set-password")
def set_password(
    email: Email,
    password_stdin: PasswordStdin = False,
    json: Json = False,
) -> None:
    """Replace the password of a user and end their sessions."""
    password = _read_password(is_piped=password_stdin)
    if password is None:
        fail("a password is needed: type it on a terminal, or pipe it with --password-stdin")

    async def work() -> None:
        user = await users.user_by_email(email)
        hashed = _checked_hash(password, user.email, load())
        count = await users.set_password(user, hashed, ACTOR, _now())
        words = [f"{user.email} has a new password; {count} session(s) ended"]
        Output(json).show({"email": user.email, "revoked": count}, words)

    finish_opened(work)


@app.command("delete-user")
def delete_user(email: Email, json: Json = False) -> None:
    """Delete a user with every session and key. The audit trail stays."""

    async def work() -> None:
        user = await users.user_by_email(email)
        await users.delete_user(user, ACTOR, _now())
        Output(json).show(_facts(user), [f"deleted {user.email}"])

    finish_opened(work)


@app.command("list-users")
def list_users(json: Json = False) -> None:
    """List every user, oldest first."""

    async def work() -> None:
        everyone = await User.everyone()
        rows = [_facts(user) for user in everyone]
        Output(json).table(rows, ("email", "roles", "disabled_at", "last_active_at", "id"))

    finish_opened(work)


@app.command("force-logout")
def force_logout(email: Email, json: Json = False) -> None:
    """End every session of a user. Their API keys go on working."""

    async def work() -> None:
        user = await users.user_by_email(email)
        count = await sessions.force_logout(user, ACTOR, _now())
        Output(json).show({"revoked": count}, [f"ended {count} session(s) of {user.email}"])

    finish_opened(work)


@app.command()
def unblock(
    who: Annotated[
        str, typer.Argument(help="An e-mail address or a network: 192.0.2.7, 2001:db8::/64")
    ],
    json: Json = False,
) -> None:
    """Let an account or a network sign in again at once after too many failures."""

    async def work() -> None:
        subject = await unblocking.unblock(who, ACTOR, _now())
        Output(json).show({"unblocked": subject}, [f"{subject} may try again"])

    finish_opened(work)


@app.command("revoke-key")
def revoke_key(
    key: Annotated[
        str, typer.Argument(help="Its id, the whole key, or its beginning: evr_1a2b3c4d")
    ],
    json: Json = False,
) -> None:
    """Revoke an API key."""

    async def work() -> None:
        row = await api_keys.key_by_id_or_prefix(key)
        await api_keys.revoke_key(row, ACTOR, _now())
        Output(json).show(
            {"id": str(row.id), "name": row.name, "key_prefix": row.key_prefix},
            [f"revoked {row.name} ({row.key_prefix})"],
        )

    finish_opened(work)


@app.command("set-role")
def set_role(
    email: Email,
    roles: Annotated[list[str], typer.Argument(help="The roles from now on, such as admin.")],
    json: Json = False,
) -> None:
    """Replace a user's roles."""
    _change(email, Wanted(roles=tuple(roles)), json=json)


@app.command("disable-user")
def disable_user(email: Email, json: Json = False) -> None:
    """Disable a user at once: sessions end, and keys are refused until the user is enabled."""
    _change(email, Wanted(disabled=True), json=json)


@app.command("enable-user")
def enable_user(email: Email, json: Json = False) -> None:
    """Enable a disabled user. Ended sessions stay ended; keys work again."""
    _change(email, Wanted(disabled=False), json=json)


@app.command()
def purge(json: Json = False) -> None:
    """Delete old rows: expired sessions; keys, audit rows and networks over 90 days old."""

    async def work() -> None:
        purged = asdict(await housekeeping.purge(datetime.now(UTC)))
        Output(json).show(purged, [f"{count:>8} {name}" for name, count in purged.items()])

    finish_opened(work)


@app.command("generate-secret")
def generate_secret(json: Json = False) -> None:
    """Print a new random value for AUTH_JWT_SECRET: 32 bytes as 64 hex digits."""
    secret = secrets.token_hex(32)
    Output(json).show({"secret": secret}, [secret])


@app.command("help")
def help_() -> None:
    """Print this help."""
    run(["--help"])


def _change(email: str, wanted: Wanted, *, json: bool) -> None:
    async def work() -> None:
        named = await users.user_by_email(email)
        user = await users.change(named.id, wanted, ACTOR, _now())
        words = [f"{user.email}: {', '.join(user.roles) or 'no roles'}"]
        words += ["disabled"] if user.is_disabled else []
        Output(json).show(_facts(user), [", ".join(words)])

    finish_opened(work)


def _facts(user: User) -> dict[str, object]:
    return {
        "id": str(user.id),
        "email": user.email,
        "name": user.name,
        "roles": user.roles,
        "email_verified": user.email_verified,
        "disabled_at": _time(user.disabled_at),
        "last_active_at": _time(user.last_active_at),
        "created_at": _time(user.created_at),
    }


def _time(value: datetime | None) -> str | None:
    return value.isoformat(timespec="seconds").replace("+00:00", "Z") if value else None


def _now() -> RequestContext:
    return RequestContext(datetime.now(UTC))


def _read_password(*, is_piped: bool) -> str | None:
    """The password from standard input or the terminal; None without either, or without text."""
    if is_piped:
        return sys.stdin.readline().rstrip("\r\n")
    if not sys.stdin.isatty():
        return None
    typed = typer.prompt(
        "Password", hide_input=True, default="", show_default=False, confirmation_prompt=True
    )
    return str(typed) or None


def _checked_hash(password: str, email: str, settings: Settings) -> str:
    check_password(password, email, settings)
    return hash_password(password, settings.bcrypt_cost)


def run(arguments: list[str] | None = None) -> None:
    """Runs `everruns-admin` with `arguments`, by default those of the process."""
    app(args=arguments, prog_name="everruns-admin")

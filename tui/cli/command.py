"""The command line of the dashboard, and what the environment adds to it.

Knows nothing of what the dashboard does. What cannot be used ends with one line on standard error.
"""

from __future__ import annotations

import asyncio
import os
import re
import shlex
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Annotated

import typer

from tui.cli.print_command import SUBJECTS, Question, Status, answer, fail
from tui.cli.terminal_detection import is_gnu_screen, why_unusable
from tui.http import environment
from tui.http.client import Client, connection
from tui.session import contexts, paths
from tui.session.logout import log_out
from tui.session.target import DEFAULT_URL, Target
from tui.session.token_store import TokenStore

URL = "EVERRUNS_AUTH_URL"
API_KEY = "EVERRUNS_AUTH_API_KEY"
# Whatever else it is, the server judges; but what no header can hold is not sent.
_KEY = re.compile(r"evr_[!-~]+")
SERVE_PORT = 9301

app = typer.Typer(add_completion=False, pretty_exceptions_enable=False)


@app.command()
def dashboard(
    subject: Annotated[
        str | None, typer.Argument(help=f"With --once: {', '.join(SUBJECTS)}.")
    ] = None,
    url: Annotated[
        str | None, typer.Option(help=f"URL of the API ({URL}; default {DEFAULT_URL}).")
    ] = None,
    context: Annotated[
        str | None, typer.Option(help=f"A server by its name in {paths.contexts_file()}.")
    ] = None,
    read_only: Annotated[
        bool, typer.Option("--read-only", help="Change nothing, whatever is pressed.")
    ] = False,
    insecure: Annotated[
        bool,
        typer.Option(
            "--insecure", help="Send credentials over plain http to another machine unasked."
        ),
    ] = False,
    once: Annotated[
        bool, typer.Option("--once", help="Print SUBJECT instead of opening the dashboard.")
    ] = False,
    json: Annotated[bool, typer.Option("--json", help="With --once: print JSON.")] = False,
    filter_: Annotated[
        str, typer.Option("--filter", help="With --once: as typed behind / in the dashboard.")
    ] = "",
    logout: Annotated[
        bool, typer.Option("--logout", help="Forget the tokens kept for this server, and end.")
    ] = False,
    serve: Annotated[
        bool, typer.Option("--serve", help="Offer the dashboard in a browser on this machine.")
    ] = False,
    serve_port: Annotated[
        int | None,
        typer.Option(
            min=0, max=65535, help=f"With --serve: the port ({SERVE_PORT}); 0 takes a free one."
        ),
    ] = None,
) -> None:
    """The operators' dashboard: see who is there, watch keys being used, end access in seconds.

    `EVERRUNS_AUTH_API_KEY` signs in with an API key. `logout` as SUBJECT is the same as --logout.
    """
    logout, subject = logout or subject == "logout", None if subject == "logout" else subject
    if logout + once + serve > 1:
        raise typer.Exit(fail(Status.MISUSED, "--logout, --once or --serve, one of them"))
    if not once and (subject is not None or json or filter_):
        raise typer.Exit(fail(Status.MISUSED, "SUBJECT, --json and --filter go with --once"))
    if not serve and serve_port is not None:
        raise typer.Exit(fail(Status.MISUSED, "--serve-port goes with --serve"))
    target = _target(url, context, is_read_only=read_only, is_insecure=insecure)
    try:
        environment.check(os.environ)
    except environment.EnvironmentRejected as rejected:
        raise typer.Exit(fail(Status.MISUSED, str(rejected))) from None
    if logout:
        raise typer.Exit(_log_out(target))
    if once:
        raise typer.Exit(_once(target, subject, is_json=json, filter_text=filter_))
    keymap = _keymap()
    if serve:
        port = SERVE_PORT if serve_port is None else serve_port
        flags = [*["--read-only"] * read_only, *["--insecure"] * insecure]
        raise typer.Exit(_serve(target, context, port, flags))
    if not _has_terminal():
        words = "the dashboard needs a terminal; --once SUBJECT prints what it shows"
        raise typer.Exit(fail(Status.MISUSED, words))
    if not os.environ.get("TEXTUAL_DRIVER") and (why := why_unusable()):
        raise typer.Exit(fail(Status.MISUSED, f"{why}; --once SUBJECT prints what it shows"))
    raise typer.Exit(_open(target, keymap, is_read_only=read_only))


def _has_terminal() -> bool:
    """Whether Textual can read keys and draw; behind textual-serve it does so in a browser."""
    if os.environ.get("TEXTUAL_DRIVER"):
        return True
    return all(stream is not None and stream.isatty() for stream in (sys.stdin, sys.__stderr__))


def _target(
    url: str | None, context: str | None, *, is_read_only: bool, is_insecure: bool
) -> Target:
    """Where to: `--url`, or the context, or the environment, or the default."""
    if url is not None and context is not None:
        raise typer.Exit(fail(Status.MISUSED, "--url or --context, not both"))
    lock = "it was started with --read-only" if is_read_only else ""
    key = os.environ.get(API_KEY, "").strip() or None
    if key is not None and not _KEY.fullmatch(key):
        raise typer.Exit(fail(Status.MISUSED, f"{API_KEY}: no API key; it begins with evr_"))
    try:
        if context is not None:
            return _in_context(
                context, Target("", lock=lock, api_key=key, allows_plain_http=is_insecure)
            )
        wanted = contexts.checked_url(url or os.environ.get(URL, "").strip() or DEFAULT_URL)
    except contexts.ContextsRejected as rejected:
        raise typer.Exit(fail(Status.MISUSED, str(rejected))) from None
    except ValueError as wrong:
        raise typer.Exit(fail(Status.MISUSED, f"{'--url' if url else URL}: {wrong}")) from None
    return Target(wanted, lock=lock, api_key=key, allows_plain_http=is_insecure)


def _in_context(name: str, begun: Target) -> Target:
    """The server of that name. A lock of the command line holds; an API key stays with its server.

    Raises:
        ContextsRejected: there is none.
    """
    named = contexts.named(name, paths.contexts_file())
    lock = f"the context {named.name} allows no changes" if named.is_read_only else ""
    key = begun.api_key if begun.url in ("", named.url) else None
    return replace(
        begun,
        url=named.url,
        context=named.name,
        colour=named.colour,
        lock=begun.lock or lock,
        api_key=key,
    )


def _client(target: Target, url: str) -> Client:
    return Client(connection(url), allows_plain_http=target.allows_plain_http)


def _token_store(target: Target) -> TokenStore:
    return TokenStore(paths.tokens_folder(), target.url, target.context or None)


def _log_out(target: Target) -> Status:
    """Forget the tokens, and end their session where the server can be told."""
    print(asyncio.run(_logged_out(target)), file=sys.stderr)
    return Status.DONE


async def _logged_out(target: Target) -> str:
    client = _client(target, target.url)
    try:
        return await log_out(client, _token_store(target))
    finally:
        await client.close()


def _once(target: Target, subject: str | None, *, is_json: bool, filter_text: str) -> Status:
    if subject not in SUBJECTS:
        return fail(Status.MISUSED, f"--once prints one of: {', '.join(SUBJECTS)}")
    if sys.stdout is None:
        return fail(Status.TROUBLE, "standard output: it is closed")
    try:
        status = asyncio.run(_answered(target, Question(subject, is_json, filter_text)))
        sys.stdout.flush()
    except OSError as wrong:
        # Python would try, and complain, once more at its end.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if isinstance(wrong, BrokenPipeError):
            # Whoever read has enough.
            return Status.DONE
        return fail(Status.TROUBLE, f"standard output: {wrong.strerror or wrong}")
    return status


async def _answered(target: Target, question: Question) -> Status:
    client = _client(target, target.url)
    try:
        return await answer(client, target, _token_store(target), question)
    finally:
        await client.close()


def _serve(target: Target, context: str | None, port: int, flags: list[str]) -> Status:
    from tui.cli.serve import serve  # noqa: PLC0415  (aiohttp loads only when it is needed)

    where = ["--context", context] if context is not None else ["--url", target.url]
    command = [sys.executable, "-P", "-m", "tui", *where, *flags]
    try:
        serve(shlex.join(command), port)
    except OSError as taken:
        return fail(Status.TROUBLE, f"--serve-port: {taken.strerror or taken}")
    return Status.DONE


def _keymap() -> dict[str, str]:
    from tui.cli import keymap  # noqa: PLC0415  (Textual loads only when it is needed)

    try:
        return keymap.read(paths.keys_file())
    except keymap.KeymapRejected as rejected:
        raise typer.Exit(fail(Status.MISUSED, str(rejected))) from None


def _open(target: Target, keymap: dict[str, str], *, is_read_only: bool) -> int:
    from tui.app import Dashboard  # noqa: PLC0415  (Textual loads only when it is needed)
    from tui.session.session import Surroundings  # noqa: PLC0415

    # GNU screen, once asked for the mouse, holds an Esc back until the next key.
    has_mouse = not is_gnu_screen()
    begun = target if is_read_only else replace(target, lock="")
    while True:
        surroundings = Surroundings(
            connect=partial(_client, target),
            tokens=paths.tokens_folder(),
            preferences=paths.preferences_file(),
            exports=Path.cwd(),
            keymap=keymap,
        )
        application = Dashboard(target, surroundings)
        status = application.run(mouse=has_mouse)
        if application.next_context is None:
            return status if status is not None else application.return_code or 0
        try:
            target = _in_context(application.next_context, begun)
        except contexts.ContextsRejected as rejected:
            return fail(Status.MISUSED, str(rejected))


def run(arguments: list[str] | None = None) -> None:
    """`everruns-auth dashboard`, and `python -m tui`."""
    app(args=arguments, prog_name="everruns-auth dashboard")

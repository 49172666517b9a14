"""`everruns-auth`: serves, opens the dashboard, and prints the settings in force."""

from __future__ import annotations

import gc
import os
import sys
from collections.abc import Iterator
from typing import Annotated, Any
from urllib.parse import urlsplit

import typer
from pydantic import SecretStr

from api import __version__
from api.settings import (
    Settings,
    SettingsRejected,
    advice_in_environment,
    load,
    unknown_in_environment,
    variables,
)
from api.settings.raw_text import trimmed

app = typer.Typer(
    help="The Everruns authentication server.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)


@app.command()
def serve(
    host: Annotated[str | None, typer.Option(help="Address to listen on (AUTH_HOST).")] = None,
    port: Annotated[
        int | None, typer.Option(min=0, max=65535, help="Port to listen on (AUTH_PORT).")
    ] = None,
    workers: Annotated[int, typer.Option(min=1, max=256, help="Worker processes.")] = 1,
) -> None:
    """Serve until Ctrl-C or SIGTERM. Settings come from the environment."""
    # Loading modules leaves no garbage; `main` turns collection on again once it serves.
    gc.disable()
    from api.server.start import main  # noqa: PLC0415  (the server's parts load only for serving)

    raise typer.Exit(main(workers=workers, host=host, port=port))


@app.command(
    add_help_option=False,
    context_settings={"ignore_unknown_options": True, "allow_extra_args": True},
)
def dashboard(context: typer.Context) -> None:
    """Open the operators' dashboard. `dashboard --help` lists its options."""
    from tui.cli.command import run as open_dashboard  # noqa: PLC0415  (serving never loads it)

    open_dashboard(context.args)


@app.command()
def demo(
    port: Annotated[
        int, typer.Option(min=0, max=65535, help="Port of its server; 0 takes a free one.")
    ] = 0,
    dashboard: Annotated[
        bool, typer.Option(help="Open the dashboard on it, or only serve until Ctrl-C.")
    ] = True,
) -> None:
    """Show the dashboard on a throw-away server with invented people. Leaves nothing behind."""
    from api.demo.command import demo as run_demo  # noqa: PLC0415  (loads only for itself)

    raise typer.Exit(run_demo(port=port, has_dashboard=dashboard))


@app.command()
def config() -> None:
    """Print every setting, its value, and whether it is set or a default. Secrets are masked."""
    try:
        settings = load()
    except SettingsRejected as rejected:
        for problem in rejected.problems:
            print(problem, file=sys.stderr)
        raise typer.Exit(2) from None
    for sentence in (*unknown_in_environment(), *advice_in_environment()):
        print(f"warning: {sentence}", file=sys.stderr)
    rows = list(_rows(settings))
    width = max(len(name) for name, _, _ in rows)
    for name, value, source in rows:
        print(f"{name:<{width}}  {source:<11}  {value}")
    from api.federation.providers import configured  # noqa: PLC0415  (as above)

    for provider in configured(settings):
        print(f"\nRegister with {provider.title} as redirect URI: {provider.redirect_uri}")


@app.command()
def version() -> None:
    """Print the version."""
    print(__version__)


@app.command("help")
def help_() -> None:
    """Print this help."""
    run(["--help"])


def _rows(settings: Settings) -> Iterator[tuple[str, str, str]]:
    """Each variable with its printed value and its source."""
    for variable, name in variables().items():
        is_set = bool(trimmed(os.environ.get(variable, "")))
        shown = _shown(getattr(settings, name))
        if variable == "AUTH_JWT_SECRET" and not is_set:
            shown = "random, made at start: mode none signs nothing that lasts"
        yield variable, shown, "environment" if is_set else "default"


def _shown(value: Any) -> str:
    if value is None or value in ((), ""):
        return "-"
    if isinstance(value, SecretStr):
        return _without_password(value.get_secret_value())
    if isinstance(value, tuple):
        return ", ".join(map(_shown, value))
    if isinstance(value, bool):
        return str(value).lower()
    return str(value)


def _without_password(masked: str) -> str:
    """A storage URL without its credentials; any other text is masked whole."""
    parts = urlsplit(masked)
    if parts.scheme in ("memory", "redis", "rediss"):
        return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}{parts.path}"
    return "********"


def run(arguments: list[str] | None = None) -> None:
    """Runs `everruns-auth` with `arguments`, by default those of the process."""
    app(args=arguments, prog_name="everruns-auth")

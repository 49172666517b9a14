"""From settings to a running server: checks everything that can be checked, then starts workers."""

from __future__ import annotations

import asyncio
import errno
import fcntl
import gc
import os
import socket
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

import structlog
from sanic import Sanic
from sanic.server.socket import bind_socket
from sanic.worker.loader import AppLoader

from api import __version__
from api.accounts import environment_operators
from api.http.protocol import Connection
from api.request_context import RequestContext
from api.server import logs
from api.server.supervisor import App, Supervisor, hold_signals
from api.settings import (
    Settings,
    SettingsRejected,
    advice_in_environment,
    load,
    unknown_in_environment,
)
from api.throttle import counts_at
from models import database, schema
from models.explanation import explained, refusal_of_writes
from models.migration_failure import MigrationFailed

BACKLOG = 1024
STORAGE_SECONDS = 5
_LOOPBACK = ("127.", "::1", "localhost")
# A name of prometheus-client; `api.http.metrics` has it too, and would import the library.
_METRICS_DIRECTORY = "PROMETHEUS_MULTIPROC_DIR"

log = structlog.get_logger("everruns_auth")


class StartRefused(Exception):
    """The server cannot start; the message is one line with the reason and the remedy."""


def serve(settings: Settings, *, workers: int = 1) -> int:
    """Serves until a signal stops it; returns the exit status.

    Raises:
        StartRefused: the port, the database or the storage of limits cannot be used.
    """
    logs.configure(settings)
    for sentence in (*unknown_in_environment(), *advice_in_environment()):
        log.warning(sentence)
    listener = _bind(settings)
    with _shared_folder() as folder, _shared_metrics(workers, folder):
        counts_file = folder / "counts.db"
        _do_first(settings, counts_file)
        return _run(settings, listener, workers, counts_file)


def _do_first(settings: Settings, counts_file: Path) -> None:
    try:
        asyncio.run(_prepare(settings, counts_file))
    except (database.DatabaseUnreachable, MigrationFailed) as refused:
        raise StartRefused(str(refused)) from refused
    except Exception as error:
        words = asyncio.run(explained(settings.database, error))
        if words is None:
            raise
        raise StartRefused(words) from error


def _run(settings: Settings, listener: socket.socket, workers: int, counts_file: Path) -> int:
    # Imported after the metrics' directory is set: the library reads it on import.
    from api.app import create_app  # noqa: PLC0415

    # Forked workers share the loaded modules and start in a fraction of the time.
    Sanic.start_method = "fork"
    app = create_app(settings, workers=workers, counts_file=counts_file)
    supervisor = Supervisor(app, listener, workers=workers)

    def load_app() -> App:
        supervisor.enter_worker()
        return app

    # The backlog again, because Sanic would shorten it.
    app.prepare(sock=listener, workers=workers, backlog=BACKLOG, motd=False, protocol=Connection)
    app.state.server_info[0].settings["connections"] = supervisor.connections
    _announce(settings, listener, workers)
    # Without it, a garbage collection in a worker would write to every shared page.
    gc.freeze()
    gc.enable()
    Sanic.serve(primary=app, app_loader=AppLoader(factory=load_app))
    supervisor.end()
    log.info("stopped")
    return supervisor.exit_status


async def _prepare(settings: Settings, counts_file: Path) -> None:
    """Asks the storage of limits, migrates once, and creates the rows that the mode needs."""
    await _check_storage(settings, counts_file)
    applied = await schema.migrate(settings.database)
    if applied:
        log.info("the database was migrated", applied=len(applied))
    if refusal := await refusal_of_writes(settings.database):
        raise StartRefused(refusal)
    async with database.opened(settings.database):
        await environment_operators.prepare(settings, RequestContext(datetime.now(UTC)))


async def _check_storage(settings: Settings, counts_file: Path) -> None:
    counts = counts_at(settings.rate_limit_storage.get_secret_value(), counts_file)
    try:
        answers = await asyncio.wait_for(counts.is_reachable(), STORAGE_SECONDS)
    except TimeoutError:
        answers = False
    await counts.close()
    if not answers:
        raise StartRefused(
            "AUTH_RATE_LIMIT_STORAGE: the storage does not answer; start it, or use memory://"
        )


def _bind(settings: Settings) -> socket.socket:
    try:
        return bind_socket(settings.host, settings.port, backlog=BACKLOG)
    except OSError as error:
        where = f"{settings.host}:{settings.port}"
        if error.errno == errno.EADDRINUSE:
            raise StartRefused(
                f"AUTH_PORT: {where} is in use by another program; stop that one, or choose "
                "another port with AUTH_PORT or --port"
            ) from error
        if error.errno == errno.EACCES:
            raise StartRefused(
                f"AUTH_PORT: this user may not listen on {where}; choose a port above 1023"
            ) from error
        raise StartRefused(
            f"AUTH_HOST: cannot listen on {where} ({error.strerror or error}); "
            "choose an address of this machine with AUTH_HOST or --host"
        ) from error


@contextmanager
def _shared_folder() -> Iterator[Path]:
    """A folder of this server's workers, open to its user alone, deleted when it stops."""
    try:
        made = tempfile.TemporaryDirectory(prefix="everruns-auth-")
    except OSError as error:
        raise StartRefused(
            f"TMPDIR: no folder for temporary files can be made ({error.strerror}); the workers "
            "count failed sign-ins in one: make /tmp writable, or set TMPDIR"
        ) from error
    with made as name:
        handle = os.open(name, os.O_RDONLY | os.O_CLOEXEC)
        # Locked, because systemd-tmpfiles deletes unlocked files that were not used for days.
        fcntl.flock(handle, fcntl.LOCK_SH)
        try:
            yield Path(name)
        finally:
            os.close(handle)


@contextmanager
def _shared_metrics(workers: int, folder: Path) -> Iterator[None]:
    """Gives several workers a directory in which each keeps its numbers, to be added up."""
    if workers == 1 or _METRICS_DIRECTORY in os.environ:
        yield
        return
    directory = folder / "metrics"
    directory.mkdir()
    os.environ[_METRICS_DIRECTORY] = str(directory)
    try:
        yield
    finally:
        del os.environ[_METRICS_DIRECTORY]


def _announce(settings: Settings, listener: socket.socket, workers: int) -> None:
    host, port = listener.getsockname()[:2]
    address = f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
    log.info(f"Everruns Auth {__version__} listens on http://{address}")
    log.info(f"mode {settings.mode}, {settings.database}, {workers} worker(s); Ctrl-C stops it")
    if settings.mode == "none" and not host.startswith(_LOOPBACK):
        log.warning(
            f"mode none asks for no credential: everyone who can reach {address} is an operator; "
            "set AUTH_MODE=admin or AUTH_MODE=full to change that"
        )


def main(*, workers: int = 1, **overrides: object) -> int:
    """Reads the environment and serves; problems go to standard error, one a line."""
    hold_signals()
    try:
        settings = load().model_copy(update={k: v for k, v in overrides.items() if v is not None})
        return serve(settings, workers=workers)
    except SettingsRejected as rejected:
        for problem in (*rejected.problems, *unknown_in_environment()):
            print(problem, file=sys.stderr)
        return 2
    except StartRefused as refused:
        print(refused, file=sys.stderr)
        return 1

"""The form of log lines: text for people, JSON for machines, the same for every logger."""

from __future__ import annotations

import logging
import re
import sys
from typing import Any, TextIO

import structlog
from structlog.types import EventDict, Processor

from api.settings import Settings

_CONTROLS = re.compile(r"[\x00-\x1f\x7f-\x9f]")
_SHARED: list[Processor] = [
    structlog.contextvars.merge_contextvars,
    structlog.stdlib.add_log_level,
    structlog.processors.TimeStamper(fmt="iso", utc=True),
]
# Loggers that repeat our own lines at each start and stop, and those that would log the parameters
# of every statement, digests among them.
_QUIET = (
    "sanic.root",
    "sanic.server",
    "sanic.access",
    "sanic.websockets",
    "asyncio",
    "aiosqlite",
    "filelock",
    "tortoise",
    # Lines of these hold headers: client secrets, and access tokens of providers.
    "httpx2",
    "httpcore2",
    "authlib",
)
# These log a lost connection several times at length; our own line says it once.
_SILENT = ("asyncpg", "coredis")


def configure(settings: Settings, stream: TextIO | None = None) -> None:
    """Sends every logger of the process to `stream` (standard error) in the configured form."""
    is_json = settings.log_format == "json"
    handler = logging.StreamHandler(stream or sys.stderr)
    handler.setFormatter(_formatter(is_json=is_json, is_tty=handler.stream.isatty()))
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(settings.log_level.upper())
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    for name in _SILENT:
        logging.getLogger(name).setLevel(logging.CRITICAL)
    for name in ("sanic.root", "sanic.server", "sanic.error", "sanic.access"):
        logger = logging.getLogger(name)
        logger.handlers[:] = []
        logger.propagate = True
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.add_logger_name,
            *_SHARED,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=False,
    )


def _formatter(*, is_json: bool, is_tty: bool) -> logging.Formatter:
    renderer: Processor = (
        structlog.processors.JSONRenderer()
        if is_json
        else structlog.dev.ConsoleRenderer(
            colors=is_tty,
            pad_event_to=0,
            sort_keys=False,
            # The default formatter prints local variables, passwords among them.
            exception_formatter=structlog.dev.plain_traceback,
        )
    )
    last: list[Processor] = [structlog.stdlib.ProcessorFormatter.remove_processors_meta]
    last.append(_without_controls)
    if is_json:
        last.append(structlog.processors.format_exc_info)
    return structlog.stdlib.ProcessorFormatter(
        foreign_pre_chain=[structlog.stdlib.add_logger_name, *_SHARED],
        processors=[*last, renderer],
    )


def _without_controls(_: Any, __: str, event: EventDict) -> EventDict:
    """Escapes control characters, so that a stranger's path writes no lines or colours."""
    for name, value in event.items():
        if isinstance(value, str) and name != "exception":
            event[name] = _CONTROLS.sub(lambda match: f"\\x{ord(match[0]):02x}", value)
    return event

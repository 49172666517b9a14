"""The ids of rows, and column types that survive unreadable values."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from tortoise import fields
from tortoise.exceptions import FieldError
from uuid_utils.compat import uuid7

from models.lenient_parsing import words

ANONYMOUS_ID = UUID("00000000-0000-0000-0000-000000000001")
LONG_AGO = datetime.min.replace(tzinfo=UTC)


def new_id() -> UUID:
    """A UUID of version 7 (RFC 9562): its order is the order of creation."""
    return uuid7()


if TYPE_CHECKING:
    # Its overloads tell which columns may be null, and would not be those of what derives from it.
    DatetimeField = fields.DatetimeField
    JSONField = fields.JSONField
else:

    class DatetimeField(fields.DatetimeField):
        """As Tortoise's, by the same name for aerich; but what cannot be read is long ago.

        So what it ends has ended, and an operator can still do something about its row.
        """

        def to_python_value(self, value: Any) -> datetime | None:
            try:
                return super().to_python_value(value)
            except (ValueError, OverflowError, TypeError, OSError):
                return LONG_AGO

    class JSONField(fields.JSONField):
        """As Tortoise's, by the same name for aerich; but a list holds what of it can be read."""

        def to_python_value(self, value: Any) -> Any:
            try:
                return super().to_python_value(value)
            except FieldError:
                return words(value)

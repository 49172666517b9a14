"""The database's trouble, expected."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from models.trouble import is_trouble


@contextmanager
def trouble() -> Iterator[None]:
    """The block ends with what is the database's fault."""
    try:
        yield
    except Exception as error:
        if not is_trouble(error):
            raise
    else:
        pytest.fail("there was no trouble")

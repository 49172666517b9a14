"""`python -m api`: serves, as `everruns-auth serve` does."""

from __future__ import annotations

import sys

from api.server.start import main

if __name__ == "__main__":
    sys.exit(main())

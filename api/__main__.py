"""`python -m api`: serves, as `everruns-auth serve` does."""

from __future__ import annotations

import sys

from api.own_packages import refuse_strangers

if __name__ == "__main__":
    refuse_strangers()
    from api.server.start import main

    sys.exit(main())

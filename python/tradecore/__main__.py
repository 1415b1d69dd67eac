"""`python -m tradecore` is `tradecore`."""

from __future__ import annotations

import sys

from tradecore.cli import main

if __name__ == "__main__":
    sys.exit(main())

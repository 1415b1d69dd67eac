"""The processes of a trading system: each a shell around a machine, meeting the others on a bus."""

from __future__ import annotations

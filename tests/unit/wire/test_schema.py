"""The generated module is what the schema says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tradecore.wire import schema_pb2


def test_generating_again_changes_nothing(project_root, tmp_path):
    """The module and its stub are drawn from `schema.proto`, byte by byte."""
    pytest.importorskip("grpc_tools", reason="needs grpcio-tools to draw the schema again")
    source = project_root / "python"
    if not source.exists():
        pytest.skip("needs the sources of the package")
    subprocess.run(
        [
            sys.executable,
            "-m",
            "grpc_tools.protoc",
            f"-I{source}",
            f"--python_out={tmp_path}",
            f"--pyi_out={tmp_path}",
            f"{source}/tradecore/wire/schema.proto",
        ],
        check=True,
    )
    for name in ("schema_pb2.py", "schema_pb2.pyi"):
        drawn = (tmp_path / "tradecore" / "wire" / name).read_bytes()
        assert drawn == (source / "tradecore" / "wire" / name).read_bytes()


def test_the_numbers_of_a_book_are_those_the_core_reads():
    """The core decodes this message by hand."""
    fields = schema_pb2.BookUpdate.DESCRIPTOR.fields
    assert [(field.number, field.name) for field in fields] == [
        (1, "first_id"),
        (2, "last_id"),
        (3, "is_snapshot"),
        (4, "ts_event_ns"),
        (5, "ts_recv_ns"),
        (6, "bid_ticks"),
        (7, "bid_lots"),
        (8, "ask_ticks"),
        (9, "ask_lots"),
        (10, "is_stale"),
    ]

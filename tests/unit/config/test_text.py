"""Files become text, or a plain word about what they are instead."""

from __future__ import annotations

import os

import pytest

from tradecore.config import ConfigError, ConfigNotFoundError
from tradecore.config.text import FILE_BYTES_MAX, others_can_read, read_text


@pytest.mark.parametrize(
    ("data", "text"),
    [
        (b"", ""),
        (b"a\nb", "a\nb"),
        (b"a\r\nb\rc", "a\nb\nc"),
        (b"\xef\xbb\xbf[A]", "[A]"),
        ("ü€".encode(), "ü€"),
    ],
)
def test_line_ends_and_byte_order_mark_do_not_matter(tmp_path, data, text):
    """Windows, old and new, and editors that mark their files."""
    path = tmp_path / "x.ini"
    path.write_bytes(data)

    assert read_text(path) == text


@pytest.mark.parametrize(
    ("data", "message"),
    [
        (b"a\n\xff\xfe", r"^text is UTF-8: byte 0xff is not \(.*x\.ini:2\)$"),
        (b"\xff\xfea\x00", r"^text is UTF-8, this is UTF-16 \(.*x\.ini:1\)$"),
        (b"a\nb\n\x00", r"^a zero byte: this is not a text file \(.*x\.ini:3\)$"),
        (b"a" * (FILE_BYTES_MAX + 1), r"^a configuration has at most 1048576 bytes \(.*x\.ini\)$"),
    ],
)
def test_what_is_no_text_is_refused_with_its_line(tmp_path, data, message):
    """Binary files, other encodings, and files that somebody confused."""
    path = tmp_path / "x.ini"
    path.write_bytes(data)

    with pytest.raises(ConfigError, match=message) as caught:
        read_text(path)

    assert caught.value.exit_code == 4


def test_a_missing_file_is_not_found(tmp_path):
    """It has a code of its own."""
    with pytest.raises(ConfigNotFoundError, match=r"^no such file \(.*x\.ini\)$") as caught:
        read_text(tmp_path / "x.ini")

    assert caught.value.exit_code == 3


def test_a_folder_is_no_configuration(tmp_path):
    """Reading it would be an error nobody understands."""
    with pytest.raises(ConfigError, match=r"^a configuration is no folder \("):
        read_text(tmp_path)


@pytest.mark.skipif(os.name != "posix", reason="links are made freely on POSIX only")
def test_a_file_that_cannot_be_read_is_told_with_the_reason(tmp_path):
    """The system's own words are in the message."""
    path = tmp_path / "x.ini"
    path.symlink_to(path)

    with pytest.raises(ConfigError, match=r"^cannot be read: too many levels of symbolic links"):
        read_text(path)


@pytest.mark.parametrize(
    ("mode", "expected"),
    [(0o600, False), (0o400, False), (0o640, True), (0o604, True), (0o622, True)],
)
@pytest.mark.skipif(os.name != "posix", reason="modes are of POSIX")
def test_who_else_has_a_right_to_a_file(tmp_path, mode, expected):
    """Any right of group or others counts."""
    path = tmp_path / "x.ini"
    path.touch()
    path.chmod(mode)

    assert others_can_read(path) is expected

"""Parts of documents that are written from the code."""

from __future__ import annotations

import pytest

from cli.reference.parts import replaced


def test_a_part_is_written_in_its_place() -> None:
    document = "a\n<!-- x, by make docs -->\nold\n<!-- end of x -->\nb\n"
    assert replaced(document, "x", r"new \1") == "a\n<!-- x, by make docs -->\nnew \\1\n<!-- end of x -->\nb\n"
    with pytest.raises(ValueError, match="stands 0 times"):
        replaced("a", "x", "new")

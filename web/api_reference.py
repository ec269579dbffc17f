"""`python -m web.api_reference FILE` generates the reference of the HTTP interface, by default docs/reference/api.md."""

from __future__ import annotations

import sys
from pathlib import Path

from pipeline.settings import Settings
from web.app import create_app
from web.description.markdown import markdown

if __name__ == "__main__":
    Path(sys.argv[1]).write_text(markdown(create_app(Settings()).openapi()), encoding="utf-8")

"""newsmill's settings as variables for Compose: the last part of .env.example."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping

from pydantic.fields import FieldInfo

from pipeline.settings import DELIMITER, PREFIX, Settings, sections

START = "# --- Settings of newsmill, by make docs ---\n"
_HEAD = """\
# Each stands here with its default. Take away the # and change the value. Lists are JSON in single quotes. docker-compose.yml itself
# sets NEWSMILL_DATA_DIR, NEWSMILL_HEARTBEAT_FILE, NEWSMILL_LOG_FORMAT and the addresses inside the containers (NEWSMILL_WEB__HOST,
# NEWSMILL_WEB__PORT, NEWSMILL_WEB__PUBLISHED_ON, NEWSMILL_WEB__FLOWER_HOST, NEWSMILL_WEB__FLOWER_PORT, NEWSMILL_WEB__FLOWER_BASIC_AUTH).
"""
# Explained in the part above, set by docker-compose.yml, or for the embedded Postgres.
_ELSEWHERE = {
    "database_url", "redis_url", "data_dir", "log_format", "fetch.contact",
    "web.host", "web.port", "web.published_on", "web.flower_host", "web.flower_port", "web.flower_basic_auth",
}  # fmt: skip
# Settings with another meaning in a container: their description, and the value in docker-compose.yml if it differs.
_IN_CONTAINERS: Mapping[str, tuple[str, object]] = {
    "workers.extract_processes": (
        "processes of an extract worker; 0 would be one for each core of the machine, whatever EXTRACT_CPUS says",
        1,
    ),
    "outputs.jsonl_dir": (
        "folder in the container for articles as hourly files of JSON lines; mount it as a volume, writable by uid 10001. Empty means none",
        "",
    ),
    "web.flower_url": ("address of Flower for links in a browser; empty means http://127.0.0.1:FLOWER_PORT", ""),
}


def with_settings(example: str) -> str:
    """The file with its last part regenerated."""
    before, start, _ = example.partition(START)
    if not start:
        raise ValueError(f"{START.strip()} is not in the file")
    return before + START + _HEAD + "".join(_variables())


def _variables() -> Iterator[str]:
    for name, field in _fields():
        if name in _ELSEWHERE or name.startswith("postgres."):
            continue
        words, value = _IN_CONTAINERS.get(name, (field.description or "", field.default))
        variable = PREFIX + name.replace(".", DELIMITER).upper()
        yield f"\n# {words[0].upper()}{words[1:]}\n#{variable}={_text(value)}\n"


def _fields() -> Iterator[tuple[str, FieldInfo]]:
    groups = sections()
    yield from ((name, field) for name, field in Settings.model_fields.items() if name not in groups)
    for section, model in groups.items():
        yield from ((f"{section}.{name}", field) for name, field in model.model_fields.items())


def _text(value: object) -> str:
    if isinstance(value, list):
        return f"'{json.dumps(value)}'"
    if isinstance(value, bool):
        return str(value).lower()
    return re.sub(r"\.0$", "", str(value)) if isinstance(value, float) else str(value)

""".env.example tells every variable there is, and its defaults are the real ones. Needs no Docker."""

from __future__ import annotations

import json
import re

import pytest

from pipeline.settings import Settings, sections
from tests.compose.stack import PROJECT

COMPOSE = (PROJECT / "docker-compose.yml").read_text(encoding="utf-8")
TOLD = dict(re.findall(r"^#?([A-Z][A-Z0-9_]+)=(.*)$", (PROJECT / ".env.example").read_text(encoding="utf-8"), re.MULTILINE))
# Empty for the services that come along, whose addresses docker-compose.yml knows.
OWN_SERVICES = {"NEWSMILL_DATABASE_URL", "NEWSMILL_REDIS_URL"}
# What docker-compose.yml decides by itself, so that setting it would be without effect.
OF_COMPOSE = set(re.findall(r"^ +(NEWSMILL_[A-Z_]+):", COMPOSE, re.MULTILINE)) - {
    "NEWSMILL_WORKERS__EXTRACT_PROCESSES",
    "NEWSMILL_WEB__FLOWER_URL",
    *OWN_SERVICES,
}


def settings() -> dict[str, object]:
    """Every setting that a user of Compose may set, with its default."""
    found: dict[str, object] = {
        f"NEWSMILL_{name.upper()}": info.default for name, info in Settings.model_fields.items() if name not in sections()
    }
    for section, model in sections().items():
        found |= {f"NEWSMILL_{section}__{name}".upper(): info.default for name, info in model.model_fields.items()}
    embedded = {name for name in found if name == "NEWSMILL_DATA_DIR" or name.startswith("NEWSMILL_POSTGRES__")}
    return {name: value for name, value in found.items() if name not in OF_COMPOSE | embedded}


def test_every_setting_is_told() -> None:
    assert {name for name in TOLD if name.startswith("NEWSMILL_")} == set(settings())


@pytest.mark.parametrize(("name", "default"), [(n, d) for n, d in settings().items() if n != "NEWSMILL_WORKERS__EXTRACT_PROCESSES"])
def test_the_default_told_is_the_real_one(name: str, default: object) -> None:
    told = TOLD[name].strip("'")
    assert told == default if isinstance(default, str) else json.loads(told) == default


def test_every_variable_of_the_compose_file_is_told_with_its_default() -> None:
    assert set(re.findall(r"(?<!\$)\$\{([A-Z_]+)", COMPOSE)) <= set(TOLD)
    defaults = {name: value for name, value in re.findall(r"\$\{([A-Z_]+):-([^${}]+)\}", COMPOSE) if value != "/dev/null"}
    assert defaults
    assert {name: TOLD[name] for name in defaults} == defaults | dict.fromkeys(OWN_SERVICES, "")


def test_only_the_passwords_have_to_be_set_and_none_is_given() -> None:
    must = set(re.findall(r":\?set ([A-Z_]+) in \.env", COMPOSE))
    assert must == {"POSTGRES_PASSWORD", "REDIS_PASSWORD", "FLOWER_PASSWORD"}
    assert {TOLD[name] for name in must} == {""}


def test_the_services_that_come_along_start_by_themselves() -> None:
    started = set(TOLD["COMPOSE_PROFILES"].split(","))
    assert started == {"postgres", "redis"}
    assert started <= set(re.findall(r"profiles: \[(\w+)\]", COMPOSE))


def test_every_image_of_others_is_pinned_by_version() -> None:
    dockerfile = (PROJECT / "Dockerfile").read_text(encoding="utf-8")
    images = re.findall(r"image: \$\{[A-Z_]+:-(\S+)\}", COMPOSE) + re.findall(r"^ARG PYTHON_IMAGE=(\S+)", dockerfile, re.MULTILINE)
    assert len(images) == 4
    assert [image for image in images if not re.fullmatch(r"\w+:\d+\.\d+(\.\d+)?(-[\w-]+)?", image)] == []
    assert {image for image in re.findall(r"image: (\S+)", COMPOSE) if not image.startswith("$")} == {"newsmill"}

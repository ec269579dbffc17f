"""The documents keep up with the code: what they list is all there is, and what they name exists."""

from __future__ import annotations

import re

import pytest

from cli.generate_docs import files
from pipeline.outcomes import CODES
from pipeline.settings import Settings, sections
from tests.paths import REPOSITORY

DOCS = sorted(str(file.relative_to(REPOSITORY / "docs")).removesuffix(".md") for file in (REPOSITORY / "docs").rglob("*.md"))
MIGRATIONS = sorted((REPOSITORY / "pipeline/store/migrations").glob("*.sql"))


def text(name: str) -> str:
    return (REPOSITORY / f"docs/{name}.md").read_text(encoding="utf-8")


def rows(name: str) -> list[list[str]]:
    """The cells of every line of a table."""
    return [[cell.strip() for cell in line.strip("|").split(" | ")] for line in text(name).splitlines() if line.startswith("| ")]


def test_every_code_is_explained_as_the_code_means_it() -> None:
    told = {row[0].strip("`"): tuple(row[1:3]) for row in rows("reference/failure-codes") if len(row) == 4}
    meant = {
        name: (code.again + (", late" if code.late else "") + (", skipped" if code.state == "skipped" else ""), code.meaning)
        for name, code in CODES.items()
    }
    assert {name: told.get(name) for name in meant} == meant
    others = {name for name in set(told) - set(meant) if "http_" not in name}
    assert others == {"code"}  # the head of the table


def test_every_code_comes_with_something_to_do() -> None:
    assert [row[0] for row in rows("reference/failure-codes") if row[0].strip("`") in CODES and not row[3].strip()] == []


def test_every_table_of_the_migrations_is_explained_and_no_other() -> None:
    sql = "\n".join(file.read_text(encoding="utf-8") for file in MIGRATIONS)
    renamed = dict(re.findall(r"^ALTER TABLE (\w+) RENAME TO (\w+)", sql, re.MULTILINE))
    made = {renamed.get(name, name) for name in re.findall(r"^CREATE TABLE (\w+)", sql, re.MULTILINE)}
    tables = text("reference/data-model").partition("## Tables")[2].partition("###")[0]
    assert set(re.findall(r"^\| `(\w+)` \|", tables, re.MULTILINE)) == made
    assert "links" in made


def test_every_state_of_a_link_and_a_feed_is_in_the_diagrams() -> None:
    sql = "".join(file.read_text(encoding="utf-8") for file in MIGRATIONS)
    states = set(re.findall(r"'(\w+)'", "".join(re.findall(r"CHECK \((?:state|phase) IN \(([^)]*)\)", sql))))
    drawn = "".join(re.findall(r"```.*?```", text("reference/data-model").partition("## The life of a link")[2], re.DOTALL))
    assert {state for state in states if not re.search(rf"\b{state}\b", drawn)} == set()
    assert "fetched" in states


@pytest.mark.parametrize("name", DOCS)
def test_every_file_that_is_named_exists(name: str) -> None:
    named = re.findall(r"`((?:pipeline|workers|cli|web|tests|config|docs)/[\w./-]+\.\w+)`", text(name))
    folder = (REPOSITORY / f"docs/{name}.md").parent
    links = [folder / link for link in re.findall(r"\]\((?!https?:)([^)#]+)(?:#[^)]*)?\)", text(name))]
    assert [str(path) for path in [*(REPOSITORY / path for path in named), *links] if not path.is_file()] == []


@pytest.mark.parametrize("name", DOCS)
def test_every_setting_that_is_named_exists(name: str) -> None:
    names = {f"{section}.{field}" for section, model in sections().items() for field in model.model_fields} | set(Settings.model_fields)
    said = re.findall(rf"`((?:{'|'.join(sections())})\.[a-z_]+)`", text(name))
    assert [setting for setting in said if setting not in names and not setting.endswith(".py")] == []


@pytest.mark.parametrize("path", sorted(files()))
def test_what_is_made_from_the_program_is_not_stale(path: str) -> None:
    assert (REPOSITORY / path).read_text(encoding="utf-8") == files()[path], "run `make docs`"

"""The table of queues, and what goes by it."""

from __future__ import annotations

import re

import pytest

from pipeline.settings import Settings
from pipeline.store.queue.queues import QUEUES, STAGES, TASKS
from tests.paths import REPOSITORY
from workers.app import app
from workers.broker import celery_settings


def test_every_task_of_the_workers_has_its_queue_and_no_other_is_named() -> None:
    app.loader.import_default_modules()
    assert set(TASKS.values()) == {name for name in app.tasks if not name.startswith("celery.")}
    assert set(celery_settings()["task_routes"]) == set(TASKS.values())


def test_compose_starts_a_worker_of_each_queue() -> None:
    text = (REPOSITORY / "docker-compose.yml").read_text(encoding="utf-8")
    assert set(re.findall(r"^  (\w+)-worker:", text, re.MULTILINE)) == set(QUEUES)
    assert set(re.findall(r"python, -m, workers, (\w+)\]", text)) == {*QUEUES, "beat", "flower"}


@pytest.mark.parametrize("name", list(QUEUES))
def test_a_worker_of_each_queue_has_slots(name: str) -> None:
    queue = QUEUES[name]
    assert queue.slots(Settings()) >= 1
    assert (name in STAGES) == bool(queue.due) == bool(queue.lag_warn_s)

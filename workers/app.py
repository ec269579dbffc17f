"""The Celery app of the workers, with the patches that Celery and kombu need. Code that only sends imports `workers.broker`."""

from __future__ import annotations

from celery import Celery

from pipeline.settings import Settings, settings
from workers.broker import NO_BROKER, celery_settings
from workers.messaging import countdowns, kombu_patch, task_events


def make_app(config: Settings) -> Celery:
    """The app of a worker. A broker is needed only once something is sent or consumed."""
    kombu_patch.install()
    app = Celery("newsmill", broker=config.redis_url or NO_BROKER, include=["workers.tasks"])
    app.conf.update(**celery_settings())
    task_events.install(app)
    countdowns.install(app)
    return app


app = make_app(settings())

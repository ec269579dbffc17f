"""How messages reach Redis: an app that sends and does no work. Importing this starts and changes nothing.

Each setting that is not Celery's default says why.
"""

from __future__ import annotations

from functools import cache
from typing import Any

from celery import Celery
from kombu import Exchange, Queue

from pipeline.store.queue.queues import QUEUES

NO_BROKER = "redis://127.0.0.1:6379/0"


@cache
def sender(redis_url: str) -> Celery:
    """An app that only sends, for the command line and the web process, which name tasks and never load them."""
    app = Celery("newsmill", broker=redis_url or NO_BROKER, set_as_current=False)
    app.conf.update(**celery_settings())
    return app


def celery_settings() -> dict[str, Any]:
    """Early acknowledgement, no results, little prefetch. With leases in Postgres these lose and repeat the least."""
    return {
        "task_acks_late": False,  # a late one only adds duplicates: the lease gives lost work back
        "task_ignore_result": True,  # states are rows; results cost half as much again for each task
        "result_backend": None,
        "task_serializer": "json",
        "accept_content": ["json"],  # never pickle: whoever reached Redis could run code
        "task_queues": [Queue(name, Exchange(name), routing_key=name) for name in QUEUES],
        "task_routes": {task: {"queue": queue.name} for queue in QUEUES.values() for task in queue.tasks.values()},
        "task_default_queue": "control",
        "task_create_missing_queues": False,  # a misspelt queue is an error, not a place where messages stay forever
        "task_publish_retry": False,  # the lease sends a failed message again; waiting here would hold a worker
        "task_soft_time_limit": None,
        "worker_prefetch_multiplier": 1,
        "worker_hijack_root_logger": False,
        "worker_redirect_stdouts": False,
        "worker_send_task_events": True,  # Flower reads events
        "task_send_sent_event": False,  # a moment later, the event that the task was received says the same
        "worker_enable_prefetch_count_reduction": False,  # it has no effect on Redis and logs that with each lost connection
        "worker_cancel_long_running_tasks_on_connection_loss": False,
        "broker_connection_retry_on_startup": True,
        "broker_channel_error_retry": True,  # the same for a Redis that refuses to deliver messages, as a replica does
        "broker_connection_max_retries": None,  # a worker survives a Redis that is away for an hour
        "broker_transport_options": {
            # kombu keeps no record of unacknowledged messages: a dead worker's work comes back by its lease, sooner than by a visibility
            # timeout. The record costs four commands a message, a fifth of the work of a fetch worker's main thread.
            "ack_emulation": False,
            "socket_timeout": 5,  # otherwise a frozen Redis blocks forever
            "socket_connect_timeout": 2,
            "socket_keepalive": True,
            "health_check_interval": 25,
            "max_connections": 64,
            "client_name": "newsmill",
        },
        "timezone": "UTC",
    }

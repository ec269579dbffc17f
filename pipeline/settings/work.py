"""Settings of the work: dispatch, workers, extraction, stories, files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from pipeline.settings.section import Count, Section


class Dispatch(Section):
    """How work is sent to the workers."""

    tick_s: Annotated[float, Field(gt=0)] = Field(1.0, description="seconds between two ticks of the dispatcher")
    stall_s: Annotated[float, Field(ge=10)] = Field(
        30.0, description="seconds without a tick after which beat or control counts as stuck and is restarted; slow ticks take two"
    )
    in_flight_factor: Count = Field(
        4, description="messages queued or running for each worker slot; few, so that SQL decides the order and Redis stays small"
    )
    in_flight_floor: Count = Field(16, description="messages queued for a queue when no worker has reported yet")
    lease_dispatched_s: Annotated[float, Field(gt=0)] = Field(
        180.0, description="seconds before a message that no worker took is sent again; longer than a full queue takes"
    )
    lease_fetch_s: Annotated[float, Field(gt=0)] = Field(
        90.0, description="seconds before a fetch or poll that never ended is given back; more than fetch.deadline_s plus a robots.txt"
    )
    lease_extract_s: Annotated[float, Field(gt=0)] = Field(
        120.0, description="seconds before an extraction that never ended is given back; more than workers.extract_time_limit_s"
    )

    @model_validator(mode="after")
    def _patient(self) -> Dispatch:
        if self.stall_s < 3 * self.tick_s:
            raise ValueError("stall_s must be at least three times tick_s, or every slow tick counts as stuck")
        return self


class Workers(Section):
    """How much a worker does at once."""

    poll_threads: Count = Field(32, description="threads of a poll worker; they only wait for the network, and hanging sites occupy some")
    fetch_threads: Count = Field(
        128, description="threads of a fetch worker; they only wait for the network, and hanging sites occupy some"
    )
    extract_processes: Annotated[int, Field(ge=0)] = Field(
        0, description="processes of an extract worker; 0 means one a core, because extraction only uses CPU"
    )
    extract_time_limit_s: Count = Field(60, description="seconds before a stuck extraction is killed; the slowest normal page takes 2 s")
    extract_batch: Count = Field(8, description="pages in one message while many wait, which saves overhead; otherwise one page a message")
    extract_max_tasks: Count = Field(
        250, description="messages after which an extract process is replaced, because lxml and trafilatura leak a little"
    )
    extract_max_memory_kib: Count = Field(400_000, description="KiB of resident memory after which an extract process is replaced")
    extract_page_memory_mib: Annotated[int, Field(ge=0)] = Field(
        1024,
        description="MiB that an extract process may use beyond what it starts with; a page that needs more fails. Pages of 5 MiB take 600; 0 means no limit",
    )
    heartbeat_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds between two heartbeats of a worker, in its row and its heartbeat file"
    )


class Extract(Section):
    """What is stored of a page's text."""

    max_text_chars: Count = Field(1_000_000, description="characters of text kept of one article; the longest real ones have 300,000")
    drop_site_boilerplate: bool = Field(
        True, description="remove from a text what occurs in many different articles of its site; what is removed is stored beside the text"
    )
    doubtful_below: Annotated[float, Field(ge=0, le=1)] = Field(
        0.9,
        description="expected share of right text (the field `confidence`) below which an article is flagged `doubtful`; 0 flags none. Of 378 pages 18 are below,"
        " among them three of the six with the worst texts",
    )


class Stories(Section):
    """Stories: articles that are copies of one text."""

    window_days: Annotated[int, Field(ge=1, le=366)] = Field(
        7, description="days within which two articles can count as copies of one text; wire copy is published within hours"
    )


class Files(Section):
    """Saved articles: what `newsmill enqueue FILE` adds."""

    max_bytes: Count = Field(
        32 * 2**20, description="bytes of a file given to `newsmill enqueue`; a magazine issue with pictures has 30 MB"
    )
    max_pages: Count = Field(300, description="pages of a PDF that are read; an article has few, a report up to some hundred")
    pdf_time_limit_s: Count = Field(
        30, description="seconds of CPU for reading one PDF; 300 pages take 0.5 s. Less than workers.extract_time_limit_s"
    )
    pdf_max_memory_mib: Count = Field(1024, description="MiB that reading one PDF may take; normal ones take under 100")

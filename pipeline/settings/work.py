"""Settings of the work: dispatch, workers, extraction, stories, files."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, model_validator

from pipeline.settings.section import Count, Section


class Dispatch(Section):
    """How work is handed to the workers."""

    tick_s: Annotated[float, Field(gt=0)] = Field(1.0, description="seconds between two looks at what is due")
    stall_s: Annotated[float, Field(ge=10)] = Field(
        30.0, description="seconds without a look after which beat or control counts as stuck and is started again; slow ones take two"
    )
    in_flight_factor: Count = Field(
        4, description="messages under way for each worker slot; few, so that order stays in SQL and Redis stays small"
    )
    in_flight_floor: Count = Field(16, description="messages under way for a queue when no worker has reported yet")
    lease_dispatched_s: Annotated[float, Field(gt=0)] = Field(
        180.0, description="seconds until a message that no worker took is sent again; longer than a full queue takes"
    )
    lease_fetch_s: Annotated[float, Field(gt=0)] = Field(
        90.0, description="seconds until a fetch or poll that never ended is given back; above fetch.deadline_s plus a robots.txt"
    )
    lease_extract_s: Annotated[float, Field(gt=0)] = Field(
        120.0, description="seconds until an extraction that never ended is given back; above workers.extract_time_limit_s"
    )

    @model_validator(mode="after")
    def _patient(self) -> Dispatch:
        if self.stall_s < 3 * self.tick_s:
            raise ValueError("stall_s must be at least three times tick_s, or every slow look counts as stuck")
        return self


class Workers(Section):
    """How much a worker does at once."""

    poll_threads: Count = Field(32, description="threads of a poll worker; they only wait for the network, and sites that hang hold some")
    fetch_threads: Count = Field(
        128, description="threads of a fetch worker; they only wait for the network, and sites that hang hold some"
    )
    extract_processes: Annotated[int, Field(ge=0)] = Field(
        0, description="processes of an extract worker; 0 is one a core, extraction is all CPU"
    )
    extract_time_limit_s: Count = Field(60, description="seconds until a stuck extraction is killed; the slowest honest page takes 2 s")
    extract_batch: Count = Field(
        8, description="pages that one message brings where many wait, which saves what a message costs; else each comes alone"
    )
    extract_max_tasks: Count = Field(
        250, description="messages until an extract process is replaced, because lxml and trafilatura leak a little"
    )
    extract_max_memory_kib: Count = Field(400_000, description="KiB of resident memory after which an extract process is replaced")
    extract_page_memory_mib: Annotated[int, Field(ge=0)] = Field(
        1024,
        description="MiB that pages may make an extract process take beyond what it starts with; a page that needs more fails. Pages of 5 MiB take 600; 0 is no limit",
    )
    heartbeat_s: Annotated[float, Field(gt=0)] = Field(
        10.0, description="seconds between two signs of life of a worker, in its row and its heartbeat file"
    )


class Extract(Section):
    """What is kept of a page's text."""

    max_text_chars: Count = Field(1_000_000, description="characters of text kept of one article; the longest real ones have 300,000")
    drop_site_boilerplate: bool = Field(
        True, description="leave out of a text what stands on many different articles of its site; what is left out is kept beside the text"
    )


class Stories(Section):
    """Stories: articles that are copies of one text."""

    window_days: Annotated[int, Field(ge=1, le=366)] = Field(
        7, description="days between two articles within which they are taken for copies of one text; wire copy is out in hours"
    )


class Files(Section):
    """Saved articles: what `newsmill enqueue FILE` takes."""

    max_bytes: Count = Field(
        32 * 2**20, description="bytes of a file given to `newsmill enqueue`; a magazine's issue with pictures has 30 MB"
    )
    max_pages: Count = Field(300, description="pages of a PDF that are read; an article has few, a report up to some hundred")
    pdf_time_limit_s: Count = Field(
        30, description="seconds of CPU for the reading of one PDF; 300 pages take 0.5 s. Below workers.extract_time_limit_s"
    )
    pdf_max_memory_mib: Count = Field(1024, description="MiB that the reading of one PDF may take; honest ones take under 100")

"""The three steps: poll a feed, fetch a page, extract an article. Each is a plain function that returns what it found.

No Celery, no database, no retry in here: a step that cannot do its work raises Failure with a code, and what follows from that
is decided elsewhere (feeds/scheduling/schedule.py for feeds, workers/retry.py for links). The workers and the command line call the steps; they import
everything of `pipeline` but `store`, and have no clock of their own.
"""

from pipeline.steps.extraction import Extracted, extract_page, heard, identity
from pipeline.steps.fetching import Fetched, fetch
from pipeline.steps.polling import poll
from pipeline.steps.robots_check import crawl_delay_s, heed, read_robots

__all__ = ["Extracted", "Fetched", "crawl_delay_s", "extract_page", "fetch", "heard", "heed", "identity", "poll", "read_robots"]

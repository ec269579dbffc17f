"""The three steps: poll a feed, fetch a page, extract an article. Each is a plain function that returns what it found.

Steps use no Celery, no database and no retry. If a step cannot do its work, it raises Failure with a code; the consequences are decided
elsewhere (feeds/scheduling/schedule.py for feeds, workers/retry.py for links). The workers and the command line call the steps. Steps
import everything of `pipeline` except `store`, and have no clock of their own.
"""

"""The third step: extract the article from a page."""

from __future__ import annotations

from dataclasses import dataclass, replace

from pipeline.documents.model import Opened
from pipeline.documents.opening import open_file
from pipeline.extract.extraction import extract
from pipeline.extract.html import model as html
from pipeline.extract.model import Article, Hints
from pipeline.extract.rights.reservations import by_site, metadata_only, noarchive
from pipeline.feeds.discovery.announced_feeds import announced
from pipeline.fetch.robots import tdmrep
from pipeline.fetch.robots.robots_rules import product_token
from pipeline.jobs import ExtractJob, Identity, Page
from pipeline.normalise.aggregators import from_amp_cache
from pipeline.normalise.canonical import article_identity, from_header
from pipeline.normalise.dates.judged_at import judged_at
from pipeline.normalise.file_names import address, is_name
from pipeline.settings import Settings


@dataclass(frozen=True, slots=True)
class Extracted:
    """The result of an extraction. `page` is the page that the article was made from; a file's page has the address that the file names.
    `announced` are the feeds of other sites that it announces."""

    article: Article
    identity: Identity
    page: Page
    announced: tuple[int, ...] = ()


def extract_page(job: ExtractJob, settings: Settings) -> Extracted:
    """Extract the article of a fetched page. Raises Failure."""
    with judged_at(job.now):
        return _extracted(job, settings)


def _extracted(job: ExtractJob, settings: Settings) -> Extracted:
    page = job.page
    sent = page.raw_headers or tuple(page.headers.items())
    opened = Opened(html.Page(page.final_url, page.body, page.headers.get("content-type", ""), sent))
    if is_name(page.final_url) and not job.from_feeds.hints.only:
        opened = open_file(page.final_url, page.body, page.headers.get("content-type", ""), settings.files)
        page = replace(page, final_url=opened.page.url)
    hints, announcing = heard(job)
    article = extract(opened.page, hints, settings.extract, product_token(settings.fetch.user_agent), text=opened.text)
    article = by_site(replace(article, flags=(*article.flags, *opened.flags)), tdmrep.reservations(job.tdmrep, page.final_url))
    if settings.fetch.honour_noarchive and noarchive(article.reservations, job.now):
        article = metadata_only(article)
    return Extracted(article, identity(page.final_url, article, page.headers.get("link", "")), page, announcing)


def heard(job: ExtractJob) -> tuple[Hints, tuple[int, ...]]:
    """What feeds may say of the article, and the feeds of other sites that the page announces: those may speak for it too."""
    from_feeds = job.from_feeds
    if not from_feeds.untrusted_feeds:
        return from_feeds.hints, ()
    keys = announced(job.page.body, job.page.final_url, job.page.headers.get("link", ""))
    found = [one for one in from_feeds.untrusted_feeds if one.keys & keys]
    announced_hints = next((one.hints for one in found if one.hints), None)
    return (from_feeds.hints if from_feeds.trusted else announced_hints or from_feeds.hints), tuple(one.feed_id for one in found)


def identity(final_url: str, article: Article, link_header: str = "") -> Identity:
    """The identity of the article at `final_url`. A canonical URL counts only if it can be trusted."""
    claims = replace(article.canonical_claims, header=from_header(link_header))
    judged = article_identity(claims, final_url)
    return Identity(address(judged.url or from_amp_cache(final_url)).key, judged.url, judged.rejected)

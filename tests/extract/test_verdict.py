"""What a page is: tables of pages in the manner of real ones, with the code and what gave it away."""

from __future__ import annotations

import pytest

from pipeline.extract.extraction import extract
from pipeline.extract.html.model import Page
from pipeline.extract.model import Article, Hints
from pipeline.outcomes import Failure
from pipeline.settings import Extract
from tests.extract.pages import ENGLISH, GERMAN, ld, page

SITE = "https://www.harbourpost.example"
URL = f"{SITE}/town/2026/bridge-stays-open.html"
ARTICLE_TYPE = '<meta property="og:type" content="article">'
FRAME = "<html lang=en><head><title>{title}</title>{head}</head><body><nav><a href=/>Home</a></nav>{body}</body></html>"


def article(html: str, url: str = URL, hints: Hints | None = None) -> Article:
    return extract(Page(url, html.encode(), "text/html; charset=utf-8"), hints or Hints(), Extract())


def failure(html: str, url: str = URL) -> Failure:
    with pytest.raises(Failure) as caught:
        article(html, url)
    return caught.value


def small(title: str, text: str = "", *, head: str = "", body: str = "") -> str:
    return FRAME.format(title=title, head=head, body=f"<h1>{title}</h1><p>{text}</p>{body}")


@pytest.mark.parametrize(
    ("title", "text"),
    [
        ("404 - Page not found", "Perhaps you followed an old link. Try the search instead."),
        ("This article is no longer available", "See our latest stories."),
        ("Seite nicht gefunden", "Der Artikel ist umgezogen."),
        ("Page introuvable", "Le contenu a été déplacé."),
        ("Página no encontrada", "Lo sentimos."),
        ("Pagina non trovata", ""),
        ("Sivua ei löytynyt", ""),
        ("Страница не найдена", "Возможно, она была удалена."),
        ("页面不存在", "请返回首页。"),
        ("ページが見つかりません", ""),
        ("الصفحة غير موجودة", ""),
        ("הדף לא נמצא", ""),
        ("This domain is for sale", "Make an offer."),
    ],
)
def test_pages_that_say_the_article_is_gone(title: str, text: str) -> None:
    found = failure(small(title, text))
    assert found.code == "soft_404"
    assert title in found.detail


def test_a_page_of_the_latest_stories_under_not_found_is_gone_too() -> None:
    teasers = "".join(f"<h3><a href=/{n}>Story {n}</a></h3><p>{text}</p>" for n, text in enumerate(ENGLISH))
    assert failure(small("Page not found", "Try these instead.", body=teasers)).code == "soft_404"


COOKIES = "We and our partners store and/or access information on a device, such as cookies, and process personal data. You can accept all or reject all, or manage options. Some of our vendors claim a legitimate interest."  # fmt: skip


@pytest.mark.parametrize(
    ("title", "text", "url"),
    [
        ("Before you continue", COOKIES, URL),
        ("Die Post mit Werbung und Tracking lesen", "Mit Ihrer Zustimmung nutzen wir und unsere Partner Cookies. Alle akzeptieren. Mehr in der Datenschutzerklärung.", URL),
        ("Votre vie privée", "Avec nos partenaires, nous utilisons des cookies et des données personnelles. Tout accepter.", URL),
        ("Tu privacidad", "Nosotros y nuestros socios usamos cookies y datos personales. Aceptar todo.", URL),
        ("La tua privacy", "Noi e i nostri partner usiamo i cookie e dati personali. Accetta tutti.", URL),
        ("The Post", "We use cookies. See our privacy policy.", "https://consent.harbourpost.example/?next=/town"),
    ],
)  # fmt: skip
def test_pages_that_only_ask_for_consent(title: str, text: str, url: str) -> None:
    found = failure(small(title, text), url)
    assert found.code == "consent_wall"
    assert "“" in found.detail


SUBSCRIBE = '<div class="wall"><h2>Subscribe to continue reading</h2><p>Already a subscriber? Log in</p></div>'


@pytest.mark.parametrize(
    ("html", "says"),
    [
        (small("Old bridge stays open", "Subscribe to continue reading.", head=ARTICLE_TYPE), "Subscribe to continue reading"),
        (small("Brücke bleibt", "Dieser Text ist exklusiv für Abonnenten.", head=ARTICLE_TYPE), "exklusiv für Abonnenten"),
        (small("Le pont reste", "Cet article est réservé aux abonnés.", head=ARTICLE_TYPE), "réservé aux abonnés"),
        (small("El puente", "Contenido exclusivo para suscriptores", head=ARTICLE_TYPE), "exclusivo para suscriptores"),
        (small("Мост", "Статья доступна по подписке. Оформите подписку.", head=ARTICLE_TYPE), "подписк"),
        (small("橋", "この記事は有料会員限定です。", head=ARTICLE_TYPE), "有料会員限定"),
        (small("Old bridge stays open", "", head=ld({"@type": "NewsArticle", "headline": "x", "isAccessibleForFree": False})), "subscribers (json-ld)"),
        (small("Sign in", "", body="<form><input name=u><input type=password></form>"), "password"),
    ],
)  # fmt: skip
def test_pages_that_show_nothing_before_they_are_paid_for(html: str, says: str) -> None:
    found = failure(html)
    assert found.code == "paywall"
    assert says in found.detail


PAID = ld({"@type": "NewsArticle", "headline": "Old bridge stays open for another year", "datePublished": "2026-03-03T12:00:00Z", "isAccessibleForFree": False, "wordCount": 130})  # fmt: skip
LONG = tuple(f"{text} Part {n} of the report says so as well." for n in range(4) for text in ENGLISH)


@pytest.mark.parametrize(
    ("html", "flags"),
    [
        (page(ENGLISH[:2], head=ARTICLE_TYPE, top=""), ()),
        (page(ENGLISH[:2], head=ARTICLE_TYPE).replace("</article>", SUBSCRIBE + "</article>"), ("paywall", "teaser")),
        (page(GERMAN[:2], head=ARTICLE_TYPE, lang="de").replace("</article>", "<p>Weiterlesen mit Ihrem Abonnement</p></article>"), ("paywall", "teaser")),
        (page(ENGLISH[:2], head=PAID), ("paywall", "teaser")),
        (page(ENGLISH, head=PAID), ("paywall",)),
        (page(LONG, head=PAID.replace("130", "2000")), ("paywall", "teaser")),
        (page(LONG, head=ARTICLE_TYPE).replace("</article>", SUBSCRIBE + "</article>"), ()),
        (page(ENGLISH[:2], head=ARTICLE_TYPE + '<meta property="article:content_tier" content="free">').replace("</article>", SUBSCRIBE + "</article>"), ()),
        (page(ENGLISH[:2], head=ARTICLE_TYPE).replace("<nav>", "<nav><a href=/s>Subscribe to continue reading</a>"), ()),
    ],
    ids=["free", "asks", "asks in German", "says it is paid", "paid, whole", "paid, cut", "long", "says it is free", "only in the menu"],
)  # fmt: skip
def test_a_teaser_is_kept_and_flagged(html: str, flags: tuple[str, ...]) -> None:
    assert article(html).flags == flags


def test_the_feeds_full_text_takes_the_place_of_a_teaser() -> None:
    hints = Hints(content="".join(f"<p>{text}</p>" for text in LONG))
    got = article(page(ENGLISH[:2], head=PAID), hints=hints)
    assert (got.text.split("\n"), got.flags, got.sources["text"]) == (list(LONG), ("paywall", "text_from_feed"), "feed")
    assert got.title == "Old bridge stays open for another year"


@pytest.mark.parametrize(
    "title",
    ["Just a moment...", "Attention Required!", "Access Denied", "Are you a robot?", "Verify you are human", "Pardon Our Interruption"],
)
def test_pages_that_want_to_see_a_human_first(title: str) -> None:
    found = failure(small(title, "Please wait while your request is being checked."))
    assert found.code == "challenge"
    assert title.rstrip("!.?") in found.detail


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("<noscript>Please enable JavaScript to continue</noscript><div id=root></div><script src=/a.js></script>", "enable JavaScript"),
        ("<noscript>Bitte aktivieren Sie JavaScript</noscript><script src=/a.js></script>", "JavaScript"),
        ("<noscript>Veuillez activer: activez JavaScript</noscript>", "JavaScript"),
        ('<div id="__next"></div><script src=/b.js></script>', "div#__next"),
        ("<p>You need to enable JavaScript to run this app.</p>", "JavaScript"),
    ],
)
def test_pages_that_are_made_by_scripts(body: str, says: str) -> None:
    found = failure(FRAME.format(title="News", head="", body=body))
    assert found.code == "js_required"
    assert says in found.detail


def listing(head: str = "") -> str:
    teasers = "".join(
        f"<div><h3><a href=/{n}>Story {n}: the council votes again</a></h3><p>{text}</p></div>" for n, text in enumerate(ENGLISH * 2)
    )
    return FRAME.format(title="Town - The Harbour Post", head=head, body=f"<main><h1>Town</h1>{teasers}</main>")


def blog() -> str:
    """A section's page that shows its last articles whole."""
    text = "".join(f"<p>{text}</p>" for text in ENGLISH[:3])
    posts = "".join(f"<article><h2><a href=/{n}>Story {n}: the council votes again</a></h2><div>{text}</div></article>" for n in range(8))
    return FRAME.format(title="Town - The Harbour Post", head="", body=f"<main>{posts}</main>")


def video(head: str = "") -> str:
    return FRAME.format(title="Watch: the bridge", head=head, body=f"<main><h1>Watch: the bridge</h1><video src=/v.mp4></video><p>{ENGLISH[0]} {ENGLISH[1]}</p></main>")  # fmt: skip


@pytest.mark.parametrize(
    ("html", "url", "says"),
    [
        (page(ENGLISH), f"{SITE}/", "front page"),
        (listing(), f"{SITE}/town", "headlines"),
        (blog(), f"{SITE}/town", "headlines"),
        (page(ENGLISH), f"{SITE}/tag/bridges", "list (/tag/bridges)"),
        (page(ENGLISH), f"{SITE}/en/category/town/page", "list"),
        (page(ENGLISH, head=ld({"@type": "CollectionPage", "name": "Town"})), f"{SITE}/town", "CollectionPage"),
        (page(ENGLISH, head=ld({"@type": "ImageGallery", "name": "Bridges"})), URL, "ImageGallery"),
        (page(ENGLISH), f"{SITE}/photos/bridges-of-the-north", "gallery"),
        (page(ENGLISH), f"{SITE}/bilder/bruecken", "gallery"),
        (video('<meta property="og:type" content="video.other">'), f"{SITE}/video/bridge-123", "video.other"),
        (video(ld({"@type": "VideoObject", "name": "Bridge", "uploadDate": "2026-03-03"})), f"{SITE}/video/bridge-123", "VideoObject"),
        (page(ENGLISH, head=ld({"@type": "JobPosting", "title": "Engineer"})), URL, "JobPosting"),
        (small("The Harbour Post", "News from the coast."), f"{SITE}/", "front page"),
    ],
)
def test_front_pages_sections_and_pages_of_other_kinds_are_no_articles(html: str, url: str, says: str) -> None:
    found = failure(html, url)
    assert found.code == "not_article"
    assert says in found.detail


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (page(ENGLISH), URL),
        (page(ENGLISH, head=ARTICLE_TYPE), f"{SITE}/video/bridge-stays"),
        (page(ENGLISH, head=ARTICLE_TYPE), f"{SITE}/photos/bridges"),
        (page(ENGLISH, head=ld({"@type": "NewsArticle", "headline": "x", "video": {"@type": "VideoObject", "name": "v"}})), URL),
        (page(ENGLISH, title="404: the year the bridge was built", head=ARTICLE_TYPE), URL),
        (page(ENGLISH, title="Why cookie consent failed", head=ARTICLE_TYPE), URL),
        (page(("Readers who subscribe to continue reading pay for it, says the survey of the council.", *ENGLISH), head=ARTICLE_TYPE), URL),
        (page(ENGLISH, head='<meta property="article:published_time" content="2026-03-03T12:00:00Z">'), f"{SITE}/topics/bridge-stays"),
        (page(ENGLISH), f"{SITE}/topics/town/why-the-old-bridge-stays-open"),
        (page(ENGLISH).replace("</main>", "".join(f"<h3><a href=/{n}>More news {n}</a></h3>" for n in range(20)) + "</main>"), URL),
        (page(ENGLISH, head=ARTICLE_TYPE).replace("</main>", "".join(f"<h3><a href=/{n}>Related {n}</a></h3>" for n in range(20)) + "</main>"), URL),
    ],
)  # fmt: skip
def test_articles_that_look_like_something_else(html: str, url: str) -> None:
    assert ENGLISH[1] in article(html, url).text


def test_a_page_with_next_to_no_text_says_how_much_there_is() -> None:
    found = failure(small("Breaking", "More soon."))
    assert found.code == "no_content"
    assert "characters of text" in found.detail

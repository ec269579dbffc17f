"""Forty pages that are no articles, in the manner of real ones: front pages, sections, galleries, videos, shops, consent, what is gone."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import cycle, islice

from tests.extract.pages import ENGLISH, GERMAN, JAPANESE, ld

SITE = "https://www.harbourpost.example"
WEBSITE = '<meta property="og:type" content="website">'
LANGUAGES = {"en": ENGLISH, "de": GERMAN, "ja": JAPANESE}
FRAME = """<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{title}</title>{head}</head><body>
<header><nav><ul><li><a href="/">Home</a></li><li><a href="/sport/">Sport</a></li></ul></nav></header>{body}
<footer><p>Copyright of The Harbour Post</p></footer></body></html>"""

Case = tuple[str, str, str]  # name, address, markup


def teasers(texts: tuple[str, ...], number: int, form: str) -> str:
    """So many teasers; `form` has places for the number and the text."""
    return "".join(form.format(n=n, head=text[:48], text=text) for n, text in enumerate(islice(cycle(texts), number)))


CARDS = {
    "cards": '<div class="card"><a href="/s/{n}"><img src="/{n}.jpg" alt=""><h3>{head} {n}</h3></a><p>{text}</p></div>',
    "articles": '<article><h2><a href="/s/{n}">{head} {n}</a></h2><time datetime="2026-05-0{n}">today</time><p>{text}</p></article>',
    "bare": '<p class="teaser"><a href="/s/{n}">{head} {n}</a><br>{text}</p>',
    "list": '<ul class="river"><li><h4><a href="/s/{n}">{head} {n}</a></h4><span>{text}</span></li></ul>',
}


def written(title: str, body: str, *, head: str = "", lang: str = "en") -> str:
    return FRAME.format(title=title, body=body, head=head, lang=lang)


def front_pages() -> Iterator[Case]:
    for lang, texts in LANGUAGES.items():
        for name, form in CARDS.items():
            if lang == "en" or name in ("cards", "articles"):
                body = f"<main><h1>The Harbour Post</h1>{teasers(texts, 9, form)}</main>"
                yield f"front page, {lang}, {name}", f"{SITE}/", written("The Harbour Post", body, head=WEBSITE, lang=lang)


def sections() -> Iterator[Case]:
    paths = ("/news/", "/sport/football/", "/tag/bridges", "/topics/economy", "/author/ann-reed")
    for path, (name, form) in zip(paths, cycle(CARDS.items()), strict=False):
        body = f"<main><h1>{path.strip('/')}</h1>{teasers(ENGLISH, 9, form)}</main>"
        yield f"section {path}, {name}", f"{SITE}{path}", written("News", body, head=WEBSITE)
    page = ld({"@context": "https://schema.org", "@type": "CollectionPage", "name": "Town"})
    listed = teasers(ENGLISH, 9, CARDS["cards"])
    yield "section that says so", f"{SITE}/town", written("Town", f"<main><h1>Town</h1>{listed}</main>", head=page)
    yield "section without a type", f"{SITE}/town", written("Town", f"<main><h1>Town</h1>{listed}</main>")
    for lang, path in (("de", "/themen/bruecken"), ("ja", "/topics/bridge"), ("de", "/ressort/wirtschaft")):
        own = f"<main>{teasers(LANGUAGES[lang], 9, CARDS['cards'])}</main>"
        yield f"section {path}", f"{SITE}{path}", written("Alles", own, head=WEBSITE, lang=lang)
    yield "archive by month", f"{SITE}/archive/2026/05", written("May 2026", f"<main>{listed}</main>", head=WEBSITE)


def galleries() -> Iterator[Case]:
    caption = "<figure><img src='/{n}.jpg' alt=''><figcaption>{text}</figcaption></figure>"
    body = f"<main><h1>The bridge in pictures</h1>{teasers(ENGLISH, 6, caption)}</main>"
    for path in ("/gallery/bridge", "/photos/bridge", "/bilder/bruecke", "/fotogaleria/puente"):
        yield f"gallery {path}", f"{SITE}{path}", written("The bridge in pictures", body)
    kind = ld({"@context": "https://schema.org", "@type": "ImageGallery", "name": "The bridge"})
    yield "gallery that says so", f"{SITE}/town/bridge-in-pictures", written("The bridge in pictures", body, head=kind)


def videos() -> Iterator[Case]:
    body = f"<main><h1>Watch: the bridge opens</h1><video src='/v.mp4'></video><p>{ENGLISH[0]}</p><p>{ENGLISH[1]}</p></main>"
    card = '<meta property="og:type" content="video.other">'
    node = ld({"@context": "https://schema.org", "@type": "VideoObject", "name": "The bridge opens", "uploadDate": "2026-05-08"})
    for head, path in (
        (card, "/video/bridge"),
        (card, "/watch/bridge"),
        (node, "/videos/bridge"),
        (card, "/town/bridge"),
        (node, "/clips/bridge"),
    ):
        yield f"video {path} {head[:30]}", f"{SITE}{path}", written("Watch: the bridge opens", body, head=head)


def shops() -> Iterator[Case]:
    body = f"<main><h1>Iron bridge, a kit</h1><p>19.90 €</p><p>{ENGLISH[0]}</p><p>{ENGLISH[1]}</p><button>Add to basket</button></main>"
    node = ld({"@context": "https://schema.org", "@type": "Product", "name": "Iron bridge", "offers": {"@type": "Offer", "price": "19.90"}})
    yield "product with data", f"{SITE}/shop/iron-bridge", written("Iron bridge, a kit", body, head=node)
    yield "product by its card", f"{SITE}/p/123", written("Iron bridge", body, head='<meta property="og:type" content="product">')
    yield "products", f"{SITE}/shop/", written("Shop", f"<main><h1>Kits</h1>{teasers(ENGLISH, 9, CARDS['cards'])}</main>", head=WEBSITE)
    recipe = ld({"@context": "https://schema.org", "@type": "Event", "name": "A walk over the bridge"})
    yield "event", f"{SITE}/events/walk", written("A walk over the bridge", body, head=recipe)


def consent() -> Iterator[Case]:
    said = (
        "We and our partners store and/or access information on a device, such as cookies, and process personal data for personalised ads."
    )
    choose = "<button>Accept all</button><button>Reject all</button><a href='/privacy'>Privacy policy</a>"
    yield "consent", f"{SITE}/town/bridge.html", written("We value your privacy", f"<h1>We value your privacy</h1><p>{said}</p>{choose}")
    yield "consent on a host", "https://consent.post.example/collect", written("The Post", f"<p>{said}</p><p>{said}</p>{choose}")
    german = "Wir und unsere Partner verarbeiten personenbezogene Daten. Näheres steht in der Datenschutzerklärung. Mit Cookies zustimmen oder ablehnen."
    yield (
        "consent, German",
        f"{SITE}/a.html",
        written("Einwilligung", f"<h1>Einwilligung</h1><p>{german}</p><a>Alle akzeptieren</a>", lang="de"),
    )


def gone() -> Iterator[Case]:
    listed = teasers(ENGLISH, 5, CARDS["cards"])
    for title in ("Page not found", "404", "Seite nicht gefunden", "This article has been removed"):
        heading = title if title != "This article has been removed" else "This story has been removed"
        yield f"gone, {title}", f"{SITE}/town/bridge.html", written(title, f"<main><h1>{heading}</h1><p>Try these.</p>{listed}</main>")


def all_pages() -> list[Case]:
    kinds = (front_pages, sections, galleries, videos, shops, consent, gone)
    return [case for kind in kinds for case in kind()]

"""Whether a page is an article, and if not, what it is instead."""

from __future__ import annotations

import re

from lxml.html import HtmlElement

from pipeline.extract.metadata import Metadata
from pipeline.extract.page import Document
from pipeline.normalise.urls import is_homepage
from pipeline.outcomes import Failure

MIN_ARTICLE = 80  # characters of text on a page that calls itself an article; news flashes are one sentence
MIN_PLAIN = 250  # characters on a page that does not
SHORT_PAGE = 1500  # characters; longer texts are read as articles whatever words they use
LONG_PAGE = 4000  # characters; a page that is no article by its type must have so much text to count as one

GONE = re.compile(
    r"^\W*(?:error\s*)?(?:404|410)\b|\b(?:error|fehler|erreur|erro|errore|fel|fejl)\s*:?\s*404\b|\b404\W+(?:not found|error|seite|page)|"
    r"\b(?:page|article|story|content|document)\s+(?:was |could |can |has been |you (?:are|were) looking for )?(?:is |be )?(?:not|cannot be|n't|no longer)\s*(?:be |been )?(?:found|available|exists?|removed)|"
    r"\bnot found\b|\b(?:page|article|story|content) (?:you (?:requested|are looking for|were looking for)|does(?:n.t| not) exist|has been (?:removed|deleted))|"
    r"seite (?:wurde )?(?:leider )?nicht (?:gefunden|verfügbar)|artikel (?:ist )?nicht (?:mehr )?(?:gefunden|verfügbar)|page (?:introuvable|non trouvée)|"
    r"p[áa]gina no (?:encontrada|existe|disponible)|p[áa]gina não (?:encontrada|existe)|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|finns inte)|"
    r"siden (?:ble ikke funnet|blev ikke fundet|finnes ikke|findes ikke)|sivua ei löyt|nie znaleziono strony|strona nie istnieje|stránka nenalezena|страница не найдена|"
    r"сторінк[ау] не знайдено|sayfa bulunamadı|ページが見つかりません|页面不存在|页面未找到|페이지를 찾을 수 없",
    re.IGNORECASE,
)
CONSENT_TITLE = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy|privacy (?:choices|settings|center|preferences)|cookie (?:consent|settings|preferences)|"
    r"consent|einwilligung|zustimmung|datenschutzeinstellungen|werbung und tracking|votre vie privée|consentement|tu privacidad|consentimiento|la tua privacy|consenso|toestemming|samtycke|samtykke|zgod[ay]",
    re.IGNORECASE,
)
CONSENT_CUE = re.compile(
    r"accept (?:all|and continue|cookies)|reject all|manage (?:options|preferences|cookies)|privacy policy|our partners|\bvendors\b|legitimate interest|personal(?:i[sz]ed)? (?:data|ads|content)|store and/or access|"
    r"alle akzeptieren|akzeptieren und weiter|zustimmen|unsere partner|personenbezogene daten|datenschutzerklärung|berechtigte[sn]? interesse|tout accepter|accepter et continuer|nos partenaires|données personnelles|"
    r"aceptar (?:todo|y continuar)|nuestros socios|datos personales|accetta (?:tutti|e continua)|nostri partner|dati personali|alles accepteren|onze partners|persoonsgegevens|\bcookies?\b|\bTCF\b",
    re.IGNORECASE,
)
SCRIPTED = re.compile(
    r"(?:enable|activate|turn on|requires?|needs?|without|disabled|support)[^.]{0,40}javascript|javascript[^.]{0,60}(?:enabled?|required|disabled|to (?:run|continue|view)|activ|aktiv|nécessaire|deaktiv|habilit|ativ|abilit)|"
    r"(?:activez|aktivieren|habilit[ea]|ative|attiva|włącz|включите)[^.]{0,40}javascript",
    re.IGNORECASE,
)
SHELL_IDS = frozenset({"root", "app", "__next", "__nuxt", "main-app", "react-root", "svelte", "app-root"})
OTHER_TYPES = frozenset(
    [
        "CollectionPage",
        "SearchResultsPage",
        "ProfilePage",
        "ItemPage",
        "ContactPage",
        "AboutPage",
        "FAQPage",
        "CheckoutPage",
        "ImageGallery",
        "MediaGallery",
        "VideoGallery",
        "Product",
        "Recipe",
        "JobPosting",
        "Event",
    ]
)


def judge(document: Document, metadata: Metadata, text: str) -> None:
    """Raise the Failure that says why this page gives no article; return where it gives one.

    Codes: consent_wall, soft_404, js_required, not_article, no_content. A page that states an article in its structured data and
    has a text of some length is believed.
    """
    if metadata.is_article and len(text) >= SHORT_PAGE:
        return
    enough = len(text) >= (MIN_ARTICLE if metadata.is_article else MIN_PLAIN)
    if len(text) < SHORT_PAGE and not (metadata.is_article and metadata.published and enough):
        _refuse_stand_in(document, metadata, text, enough)
    if not enough:
        kind = "not_article" if is_homepage(document.url) and not metadata.is_article else "no_content"
        lost = " and was nested too deeply to be read whole" if "parse_truncated" in document.flags else ""
        raise Failure(kind, f"The page holds {len(text)} characters of text{lost}.")
    _refuse_other_kinds(document, metadata, text)


def _refuse_stand_in(document: Document, metadata: Metadata, text: str, enough: bool) -> None:
    """Pages that a site serves in the place of the article."""
    tree = document.tree
    headings = " ".join(
        [metadata.title, *("".join(h.itertext()) for h in list(tree.iter("h1"))[:2]), *(t.text or "" for t in list(tree.iter("title"))[:1])]
    )
    if not metadata.is_article and GONE.search(headings[:1000]):
        raise Failure("soft_404", "The page's heading says that there is nothing here.")
    cues = {cue.casefold() for cue in CONSENT_CUE.findall(visible_text(tree)[:20_000])}
    if not metadata.is_article and (len(cues) >= 4 or (len(cues) >= 2 and CONSENT_TITLE.search(headings[:1000]))):
        raise Failure("consent_wall", "The page only asks for consent.")
    if not enough and (noted := _scripted(tree)):
        raise Failure("js_required", noted)


def _refuse_other_kinds(document: Document, metadata: Metadata, text: str) -> None:
    if metadata.is_article:
        return
    if is_homepage(document.url):
        raise Failure("not_article", "The address is a site's front page.")
    others = metadata.types & OTHER_TYPES
    if others and len(text) < LONG_PAGE:
        raise Failure("not_article", f"The page calls itself {', '.join(sorted(others))}.")


def _scripted(tree: HtmlElement) -> str:
    """Why the page is thought to be an empty shell for scripts, or ''."""
    for element in tree.iter("noscript"):
        if SCRIPTED.search("".join(element.itertext())[:500]):
            return "The page says that it needs JavaScript."
    scripts = sum(1 for script in tree.iter("script") if script.get("src"))
    shells = [e for e in tree.iter("div") if (e.get("id") or "").lower() in SHELL_IDS and len(e) == 0 and not (e.text or "").strip()]
    if scripts and shells:
        return "The page is an empty frame that scripts fill."
    if SCRIPTED.search(visible_text(tree)[:1000]):
        return "The page says that it needs JavaScript."
    return ""


def visible_text(tree: HtmlElement) -> str:
    """The text of the page's body without scripts and styles, on one line."""
    pieces = (e.text or "" for e in tree.iter() if e.tag not in ("script", "style", "noscript", "title"))
    tails = (e.tail or "" for e in tree.iter())
    return " ".join(" ".join((*pieces, *tails)).split())

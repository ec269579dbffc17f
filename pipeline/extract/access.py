"""Whether an article may be read by anyone, by what its page says to search engines and by what it says to readers."""

from __future__ import annotations

import re

from pipeline.extract.evidence import Evidence, pick

TIERS = {"free": "free", "metered": "metered", "locked": "paid"}  # article:content_tier
# What systems call it: `paywall`, `is_premium`, `cxenseparse:ispaid`, `article:premium`.
OWN = re.compile(r"(?:^|[_\W]|is)(?:paywall(?:ed)?|premium|paid|plus|locked|subscri(?:ber|ption)_?only)$")
TRUE, FALSE = frozenset(("true", "1", "yes", "y")), frozenset(("false", "0", "no", "n"))
PAID, FREE = TRUE | {"paid", "premium", "locked"}, FALSE | {"free"}
# What stands where a text is cut off.
PROMPT = re.compile(
    r"(?:subscribe|sign up|register|log in|become a (?:member|subscriber))\b[^.!?]{0,30} to (?:continue|keep|read|unlock|access|finish|view)|(?:continue|keep) reading (?:with|for|by|your)|"
    r"\b(?:this|the) (?:article|story|content|post)\b[^.!?]{0,30} (?:is|are) (?:only |exclusively |reserved )?(?:available )?(?:for|to) (?:our |paying |paid |premium )*(?:subscribers|members)|"
    r"(?:already|not) a (?:subscriber|member)\b|to (?:read|continue reading) (?:this|the (?:full|rest|whole))[^.!?]{0,40}(?:subscri|member|log in|sign)|unlock (?:this|the) (?:article|story)|"
    r"(?:weiterlesen|lesen)\b[^.!?]{0,40}\b(?:abo|abonnement|abonnenten|testen|registrier)|(?:nur|exklusiv) für (?:abonnent|mitglieder)|jetzt (?:abonnieren|testen|freischalten)|bereits (?:abonnent|registriert|abo)|sie haben (?:bereits|noch kein) (?:ein )?abo|"
    r"(?:article|contenu|suite)\b[^.!?]{0,30} (?:est )?réservée? (?:à|aux) (?:nos )?abonnés|il vous reste [^.!?]{0,20}% de cet article|déjà abonné|abonnez-vous pour (?:lire|continuer)|"
    r"(?:contenido|artículo|noticia)[^.!?]{0,25} (?:exclusiv[oa]|solo) para (?:suscriptores|socios)|suscr[ií]bete para (?:leer|seguir|continuar)|ya (?:eres|soy) suscriptor|"
    r"conteúdo exclusivo para assinantes|assine para (?:ler|continuar)|já é assinante|contenuto (?:riservato|esclusivo)[^.!?]{0,20} abbonati|abbonati per (?:leggere|continuare)|sei già abbonato|"
    r"alleen voor abonnees|al abonnee|lees verder met|kun for abonnenter|allerede abonnent|endast för prenumeranter|redan prenumerant|vain tilaajille|tylko dla (?:subskrybentów|prenumeratorów)|"
    r"(?:только|доступн\w+) (?:для|по) подпис|оформите подписку|仅限(?:订阅|会员)|订阅后(?:阅读|继续)|有料会員限定|この記事は有料|会員登録|구독자 전용|sadece aboneler",
    re.IGNORECASE,
)  # fmt: skip


def access(page: Evidence) -> tuple[str, str]:
    """free, metered (a number of articles is free) or paid, and the source; '' where the page does not say.

    `isAccessibleForFree` is schema.org's, `article:content_tier` Facebook's.
    """
    return pick(
        "",
        (page.statement, lambda: _of_free(page.article.get("isAccessibleForFree"))),
        ("meta", lambda: next((tier for value in page.named("article:content_tier") if (tier := TIERS.get(value.lower(), ""))), "")),
        ("meta", lambda: _of_own(page)),
    )


def _of_free(value: object) -> str:
    said = str(value[0] if isinstance(value, list) and value else value).rsplit("/", 1)[-1].strip().lower()
    return "free" if said in TRUE else "paid" if said in FALSE else ""


def _of_own(page: Evidence) -> str:
    said = [value.lower() for name in sorted(page.meta) if OWN.search(name) for value in page.meta[name]]
    return "paid" if any(value in PAID for value in said) else "free" if said and all(value in FREE for value in said) else ""

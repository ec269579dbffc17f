"""Phrases that reveal pages which are no articles: errors, requests for consent, scripts, proof of being human, payment."""

from __future__ import annotations

import re

GONE = re.compile(
    r"^\W*(?:error\s*)?(?:404|410)\b|\b(?:domain|website) (?:is|may be) for sale|\baccount (?:has been )?suspended\b|\b(?:error|fehler|erreur|erro|errore|fel|fejl)\s*+:?\s*+404\b|\b404\W+(?:not found|error|seite|page)|"
    r"\b(?:page|article|story|content|document)\s+(?:was |could |can |has been |you (?:are|were) looking for )?(?:is |be )?(?:not|cannot be|n't|no longer)\s*(?:be |been )?(?:found|available|exists?|removed)|"
    r"\bnot found\b|\b(?:page|article|story|content) (?:you (?:requested|are looking for|were looking for)|does(?:n.t| not) exist|has been (?:removed|deleted))|"
    r"seite (?:wurde )?(?:leider )?nicht (?:gefunden|verfügbar)|artikel (?:ist )?nicht (?:mehr )?(?:gefunden|verfügbar)|page (?:introuvable|non trouvée)|"
    r"p[áa]gina no (?:encontrada|existe|disponible)|p[áa]gina não (?:encontrada|existe)|pagina non trovata|pagina niet gevonden|sidan (?:kunde inte hittas|finns inte)|"
    r"siden (?:ble ikke funnet|blev ikke fundet|finnes ikke|findes ikke)|sivua ei löyt|nie znaleziono strony|strona nie istnieje|stránka nenalezena|страница не найдена|"
    r"сторінк[ау] не знайдено|sayfa bulunamadı|ページが見つかりません|お探しのページ|页面不存在|页面未找到|找不到(?:页面|頁面|網頁)|頁面不存在|페이지를 찾을 수 없|"
    r"الصفحة غير موجودة|الصفحة المطلوبة غير|הדף לא נמצא|העמוד לא נמצא|σελίδα δεν (?:βρέθηκε|υπάρχει)|(?:पृष्ठ|पेज) नहीं मिला|không tìm thấy trang|halaman tidak ditemukan|ไม่พบหน้า|"
    r"oldal nem található|pagina nu (?:a fost găsită|există)|stranica nije pronađena|stran ne obstaja|страницата не е намерена|strona nie została znaleziona|artykuł nie istnieje|a página que (?:você )?procura",
    re.IGNORECASE,
)
CONSENT_TITLE = re.compile(
    r"before you continue|we (?:value|care about|respect) your privacy|your privacy|privacy (?:choices|settings|center|preferences)|cookie (?:consent|settings|preferences)|"
    r"consent|einwilligung|zustimmung|datenschutzeinstellungen|werbung und tracking|votre vie privée|consentement|tu privacidad|consentimiento|la tua privacy|consenso|toestemming|samtycke|samtykke|zgod[ay]",
    re.IGNORECASE,
)
CONSENT_PHRASE = re.compile(
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
CHALLENGE = re.compile(
    r"^\W*(?:just a moment|one moment,? please|attention required|access (?:to this page has been )?denied|pardon our interruption|are you a (?:robot|human)|(?:verify|confirm) (?:that )?you are (?:a )?human|"
    r"checking your browser|security check|ddos-guard|request unsuccessful|human verification|please verify|einen moment,? bitte|un instant|un momento|доступ ограничен)\b",
    re.IGNORECASE,
)
# Every text that PROMPT matches contains one of these; searching for them is a hundred times faster.
PAYING = (
    "subscri", "sign", "register", "log in", "become a ", "reading", "member", "unlock", "lesen", "abonn", "mitglied", "freischalten", "cet article", "suscr", "socios", "assin", "abbonat",
    "lees verder", "prenumer", "tilaaj", "subskryb", "подпис", "订阅", "会员", "有料", "구독", "abone",
)  # fmt: skip
# What is shown where a text is cut off. Not "Already a subscriber?", which is at the top of every page.
PROMPT = re.compile(
    r"(?:subscribe|sign up|register|log in|become a (?:member|subscriber))\b[^.!?]{0,30} to (?:continue|keep|read|unlock|access|finish|view)|(?:continue|keep) reading (?:with|for|by|your)|"
    r"\b(?:this|the) (?:article|story|content|post)\b[^.!?]{0,30} (?:is|are) (?:only |exclusively |reserved )?(?:available )?(?:for|to) (?:our |paying |paid |premium )*(?:subscribers|members)|"
    r"to (?:read|continue reading) (?:this|the (?:full|rest|whole))[^.!?]{0,40}(?:subscri|member|log in|sign)|unlock (?:this|the) (?:article|story)|"
    r"(?:weiterlesen|lesen)\b[^.!?]{0,40}\b(?:abo|abonnement|abonnenten|testen|registrier)|(?:nur|exklusiv) für (?:abonnent|mitglieder)|jetzt freischalten|"
    r"(?:article|contenu|suite)\b[^.!?]{0,30} (?:est )?réservée? (?:à|aux) (?:nos )?abonnés|il vous reste [^.!?]{0,20}% de cet article|abonnez-vous pour (?:lire|continuer)|"
    r"(?:contenido|artículo|noticia)[^.!?]{0,25} (?:exclusiv[oa]|solo) para (?:suscriptores|socios)|suscr[ií]bete para (?:leer|seguir|continuar)|"
    r"conteúdo exclusivo para assinantes|assine para (?:ler|continuar)|contenuto (?:riservato|esclusivo)[^.!?]{0,20} abbonati|abbonati per (?:leggere|continuare)|"
    r"alleen voor abonnees|lees verder met|kun for abonnenter|endast för prenumeranter|vain tilaajille|tylko dla (?:subskrybentów|prenumeratorów)|"
    r"(?:только|\bдоступн\w+) (?:для|по) подпис|оформите подписку|仅限(?:订阅|会员)|订阅后(?:阅读|继续)|有料会員限定|この記事は有料|구독자 전용|sadece aboneler",
    re.IGNORECASE,
)  # fmt: skip


def prompt(text: str) -> re.Match[str] | None:
    """The words with which a text asks for payment before it continues."""
    low = text.lower()
    return PROMPT.search(text) if any(word in low for word in PAYING) else None

"""Recognise lines that occur in every article of a site by their words: appeals, reuse notices, pointers to the site's services.

For texts without markup. On a site's own pages, repetition reveals boilerplate; here only the words can.
"""

from __future__ import annotations

import re

MAX_LINE = 600  # characters; only legal notices are longer, and NOTICE alone recognises those

_APPEAL = re.compile(
    r"""\bclick\s+(?:on\s+)?(?:the\s+)?(?:share|translate|donate|subscribe|print|e-?mail|here)\b.{0,60}(?:button|below|above|friends|colleagues|to\s+(?:subscribe|donate|share|e-?mail|receive|sign))
    |\b(?:activat|click|us)(?:e|ing)\s+the\s+translate\b|\bcan\s+be\s+read\s+in\s+\d+\s+languages\b
    |\bto\s+(?:receive|get|subscribe\s+to)\b.{0,80}\bnewsletters?\b|\bnewsletters?\b.{0,80}\b(?:click\s+here|subscribe|sign\s+up|inbox|anmelden|abonn)
    |\bsubscribe\s+to\s+(?:our|the|this|my)\b|\bsign\s+up\s+(?:for|to|here|now)\b|\bfollow\s+(?:us|me|him|her|them|@\w+|the\s+author)\b.{0,40}\bon\b
    |\b(?:donation|donations|donate|fund-?raising|funding|membership|subscription)\s+(?:drive|campaign|appeal|now|today|here|page)\b|\bfund-?raiser\b
    |\b(?:please|consider|make\s+a)\s+(?:a\s+)?(?:donat|contribut(?:e|ing|ion)\s+to\s+(?:our|us|this\s+site)|support(?:ing)?\s+(?:us|our))
    |\bbecome\s+a\s+(?:member|supporter|patron|subscriber)\b|\bsupport\s+(?:our|us|independent)\s+(?:work|media|journalism|by)
    |\bfeel\s+free\s+to\s+(?:re-?post|share|forward)|\bshare\s+this\s+(?:article|story|post|page)\b|\b(?:leave|post)\s+a\s+comment\b
    |\bcomment\s+on\s+.{0,60}\b(?:facebook|twitter|page|site)\b|\blike\s+us\s+on\b|\bjoin\s+(?:us|our)\b.{0,30}\b(?:on|channel|group|community)\b
    |\b(?:print|listen\s+to|e-?mail|translate|bookmark)\s+this\s+(?:article|page|story)\b|^\W*note\s+to\s+(?:our\s+)?readers\b
    |\b(?:jetzt|hier)\s+(?:spenden|abonnieren)\b|\bunterstützen\s+sie\s+uns\b|\babonnez-vous\b|\bfaire\s+un\s+don\b|\bsuscr[ií]b(?:ase|ete)\b|\biscriviti\b""",
    re.IGNORECASE | re.VERBOSE,
)
_POINTER = re.compile(
    r"""^\W*(?:articles\s+by|more\s+(?:articles|stories|posts|from|by|on|about|coverage|in)\b|related(?:\s+(?:articles?|stor(?:y|ies)|posts?|content|topics?|links?|news|coverage|videos?))?|recommended(?:\s+(?:articles|stories|videos?|for\s+you|reading))?
    |(?:you\s+(?:may|might)\s+(?:also\s+)?(?:like|enjoy|be\s+interested)|also\s+(?:read|on|see)|don.t\s+miss|up\s+next|editor.?s.?\s+(?:picks?|choice)|most\s+(?:read|popular|viewed)|trending(?:\s+now)?|(?:what\s+to\s+)?read\s+(?:more|also|next|this\s+next)|see\s+(?:also|more)|keep\s+reading|continue\s+reading
    |previous\s+article|next\s+article|further\s+reading)
    |share\s+on|view\s+(?:this|in)\s+(?:e-?mail|your)\s|view\s+in\s+browser|view\s+online|unsubscribe|manage\s+(?:your\s+)?preferences|skip\s+to\s+content|advertisement|article\s+content|story\s+continues\s+below
    |lesen\s+sie\s+(?:auch|mehr|hier|dazu)|lies\s+auch|auch\s+(?:interessant|lesen)|das\s+könnte\s+(?:sie|dich)\s+(?:auch\s+)?interessieren|(?:mehr|weiteres)\s+(?:zum\s+thema|dazu|lesen|aus|von|über|zu)|zum\s+thema|passend\s+dazu|lesetipps?|weiterführende\s+links|weitere\s+(?:artikel|informationen|themen|nachrichten)|anzeige|empfehlungen?
    |(?:à\s+)?lire\s+(?:aussi|également|la\s+suite)|à\s+(?:voir|lire)|sur\s+le\s+même\s+(?:sujet|thème)|passer\s+la\s+publicité|publicité|voir\s+aussi
    |(?:leer|lee|lea|vea|ver)\s+(?:también|más)|(?:te|le)\s+(?:puede|podría)\s+interesar|más\s+información|noticias?\s+relacionadas?|publicidad
    |leggi\s+(?:anche|tutto|pure)|potrebbe\s+interessarti|approfondisci|pubblicità|le(?:ia|r)\s+(?:também|mais)|veja\s+(?:também|mais)|saiba\s+mais|publicidade
    |lees\s+(?:ook|meer|verder)|läs\s+(?:mer|också|även|vidare)|les\s+(?:også|mer)|læs\s+(?:også|mere)|annons|annonse|lue\s+(?:myös|lisää)
    |czytaj\s+(?:więcej|także|też|dalej|również)|dowiedz\s+się\s+więcej|zobacz\s+(?:także|też|również)|reklama|čtěte\s+(?:také|více)|přečtěte\s+si|ilgili\s+haberler?|etiketler|читайте\s+(?:также|ещё|еще)|по\s+теме|смотрите\s+также|читайте\s+також|реклама
    |関連(?:記事|ニュース)|あわせて読みたい|こちらもおすすめ|延伸閱讀|相关(?:阅读|新闻|文章)|相關(?:閱讀|新聞|報導)|관련\s?기사|اقرأ\s+(?:أيضا|أيضًا|المزيد)|यह\s+भी\s+पढ़ें)(?!\w)\W*(?::|$|(?=.{0,120}$))
    |^\W*(?:for\s+)?(?:media|press)\s+(?:inquiries|enquiries|contact)\s*:|^\W*contact\s*:\s*\S+@""",
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT = re.compile(
    r"""^\W*(?:(?:featured|cover|header|top|lead)\s+(?:image|photo|picture)|(?:image|photo|picture|foto|bild|illustration)s?(?:\s+(?:credit|source))?\s*:|(?:image|photo)s?\s+(?:is|are|by|courtesy|from)\b)
    |^\W*(?:the\s+)?original\s+source\b|^\W*(?:this\s+(?:article|story|piece|post|text|essay|report)\s+)?(?:was\s+|is\s+)?(?:originally|first)\s+(?:published|posted|appeared)\b
    |^\W*this\s+(?:article|story|piece|post|text|essay|report)\s+(?:was|is|has)\s+.{0,30}\b(?:re-?(?:published|posted|printed)|(?:originally|first)\s+(?:published|posted|appeared))\b|^\W*(?:re-?published|re-?printed|re-?posted)\s+(?:from|with|by)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Closing lines of an article: further reporters, contacts, accounts to follow, what subscribers get.
_CLOSING = re.compile(
    r"""\bcontribut(?:ed|ing)\s+(?:reporting|research|to\s+this\b)|^\W*(?:additional\s+)?report(?:ing|age)\s+(?:and\s+writing\s+)?by\b|^\W*with\s+(?:files|reports?|reporting|additional\s+reporting|information)\s+(?:from|by)\b
    |^\W*[\w.,\s-]{3,60}\breported\s+from\b|^\W*(?:mit|con|avec|med|with)\s+(?:(?:material|agentur\w*|informationen|información)\s+(?:von|der|de)\s+)?(?:dpa|afp|apa?|reuters|efe|ansa|ntb|tt|sid|kna|epd|pa|agencies)\b.{0,30}$
    |^\W*follow\b.{2,80}(?:\bon\b|@|facebook|twitter|instagram)|\bon\s+(?:twitter|facebook)\b.{0,60}$|\btwitter\.com/|^\W*listen\b.{2,60}\b(?:here|podcasts?|weekdays)\b|[\w.+-]@[\w-]+\.\w
    |\b(?:have|got)\s+a\s+(?:news\s+|story\s+)?tip\b|\bdo\s+you\s+have\s+a\s+story\b|\bget\s+in\s+touch\b|^\W*(?:like|enjoy(?:ed|ing)?|liked)\s+this\s+(?:article|story|post)|\bif\s+you\s+enjoyed\s+this\b
    |\bnewsletters?\b|\b(?:in|to)\s+your\s+inbox\b|^\W*(?:our|the)\s+standards\s*:|^\W*fehler\s+gefunden|\bil\s+vous\s+reste\b.{0,20}%|\bréservée?\s+aux\s+abonnés\b|\bweiterlesen\s+mit\b
    |^\W*(?:click|tap)\s+here\b|^[\W_]{2,}$
    |\balready\s+a\s+(?:subscriber|member)\b|\bfirst-time\s+subscribers\b|\bto\s+(?:view|read|see)\s+(?:this|the\s+(?:full|rest|whole))\b.{0,30}\b(?:subscribe|log\s+in|sign\s+(?:in|up))|\bsubmit\s+(?:your|a)\s+(?:letter|story|tip)""",
    re.IGNORECASE | re.VERBOSE,
)
# What the news itself tells its readers: quoted words, and requests by the police.
_TOLD = re.compile(
    r"""[“”„»«"]\W{0,3}.{0,60}\b(?:wrote|posted|tweeted|said|says|schrieb|teilte|écrit|escribió)\b
    |\b(?:wrote|posted|tweeted|said|schrieb|écrit|escribió)\s+(?:\w+\s+){0,3}(?:on|auf|sur|en)\s+(?:twitter|facebook|instagram|telegram|x)\b
    |\b(?:police|detectives|investigators|coastguard|polizei|policía|gendarmerie|zeugen|witness(?:es)?)\b""",
    re.IGNORECASE | re.VERBOSE,
)
# Lines in place of a picture or of embedded content.
_PLACEHOLDER = re.compile(
    r"""^\W*(?:photo(?:graph)?s?|image|picture|foto|fotos|bild|bilder|grafik|quelle|source|crédits?\s+photo|фото|фот|zdroj|fuente|kaynak|kuva|写真|사진|图|圖)(?:\s+(?:credit|source|by|von))?\s*[:/|©]\s*.{2,90}$
    |^\W*\((?:photo|image|picture|foto|bild)\b[^()]{2,90}\)\W*$
    |^\W*empfohlener\s+(?:redaktioneller|externer)\s+inhalt|^\W*ein\s+klick\s+für\s+den\s+datenschutz
    |^\W*(?:\d{1,3}\s*.?\s*min(?:ute)?s?\s+read|(?:estimated\s+)?reading\s+time|lesezeit|lesedauer|temps\s+de\s+lecture|lecture\s*:?\s*\d+\s*min|tiempo\s+de\s+lectura|tempo\s+di\s+lettura|tempo\s+de\s+leitura|leestijd|(?:ten\s+)?tekst\s+przeczytasz|czas\s+czytania|время\s+(?:на\s+)?чтени[ея]|час\s+читання)\b.{0,40}$
    |^\W*(?:this\s+content|ce\s+contenu)\b.{0,60}\bcookies|^\W*(?:loading|laden|chargement|cargando)\W*$|^\W*passer\s+la\s+publicité""",
    re.IGNORECASE | re.VERBOSE,
)
_EXTERNAL = re.compile(
    r"""\b(?:externe[rn]?|externer)\s+inhalte?\b.{0,80}\b(?:angezeigt|artikel|redakt)
    |\bexternal\s+content\b.{0,60}\b(?:display|load|cookies)|\bcontenu\s+externe\b.{0,60}\bcookies""",
    re.IGNORECASE | re.VERBOSE,
)
MAX_PLACEHOLDER = 400  # characters
_NOTICE = re.compile(
    r"""^\W*(?:copyright|©|\(c\)\s*(?:19|20)\d\d)|\bcopyright\s+©|©\s*(?:19|20)\d\d|\ball\s+rights\s+reserved\b
    |\bcontains?\s+copyrighted\s+material\b|\bcopyright\s+owner\b|["“]fair\s+use["”]|\bfair\s+use\b.{0,80}\b(?:copyright|provisions|material)
    |\bgrants?\s+permission\s+to\b.{0,80}\b(?:post|reprint|publish|articles)|\bsource\s+and\s+copyright\s+(?:are|is)\s+acknowledged\b
    |\b(?:responsib(?:le|ility)|liab(?:le|ility))\b.{0,60}\b(?:inaccurate|incorrect|errors)\b.{0,60}\b(?:statement|article|content)
    |\b(?:views|opinions)\s+expressed\b.{0,60}\b(?:author|writer)|\bdo(?:es)?\s+not\s+(?:necessarily\s+)?reflect\b.{0,60}\b(?:views|opinions|policy|position)
    |\bsole\s+responsibility\s+of\s+the\s+authors?\b|\bpermission\s+(?:of|from)\s+the\s+(?:copyright|author|publisher)""",
    re.IGNORECASE | re.VERBOSE,
)
# Words of which every line that _NOTICE matches contains one, and most others do not.
_OF_NOTICE = ("copyright", "©", "(c)", "reserved", "fair", "permission", "responsib", "liab", "views", "opinions", "reflect")


def is_boilerplate(text: str) -> bool:
    """Whether a paragraph is the site's and not the article's: an appeal, a pointer elsewhere, a credit or a notice."""
    return is_notice(text) or (len(text) <= MAX_LINE and bool(_APPEAL.search(text) or _POINTER.match(text))) or is_credit(text)


def is_appeal(text: str) -> bool:
    """Whether a paragraph asks readers to subscribe, donate or follow."""
    return len(text) <= MAX_LINE and bool(_APPEAL.search(text))


def is_pointer(text: str) -> bool:
    """Whether a line points to other articles, or labels such links."""
    return bool(_POINTER.match(text))


def is_closing(text: str) -> bool:
    """Whether a line at the end of an article is about reporters, readers and the site, and not part of the article."""
    return is_boilerplate(text) or (len(text) <= MAX_LINE and bool(_CLOSING.search(text)) and not _TOLD.search(text))


def is_placeholder(text: str) -> bool:
    """Whether a line is a picture's credit, or a placeholder for embedded content."""
    if len(text) > MAX_PLACEHOLDER:
        return False
    return bool(_PLACEHOLDER.match(text)) or ("xtern" in text.casefold() and bool(_EXTERNAL.search(text)))


def is_notice(text: str) -> bool:
    """Whether a text of any length is a copyright notice, terms of reuse or a disclaimer."""
    lowered = text.casefold()
    return any(word in lowered for word in _OF_NOTICE) and bool(_NOTICE.search(text))


def is_credit(text: str) -> bool:
    """Whether a line says where the article or its pictures come from."""
    return len(text) <= MAX_LINE and bool(_CREDIT.search(text))

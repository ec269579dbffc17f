"""The words of bylines: what comes before, between and after the names, in the languages of news."""

from __future__ import annotations

import re

# Words after which the photographers' names follow.
PICTURES = re.compile(
    r"(?<!\S)(?:illustration(?:en|s)?|fotos?|photos?|photography|bilder|images?|grafik)(?:\s(?:by|von|par|por)\b|\s?:).*$", re.IGNORECASE
)
# "By" in the languages where the word means little else; bylines, titles and trimming use this list.
BY_WORDS = "by|von|par|por|di|door|av|af|автор"
# Words that may come before "by": "Words by", "Ein Artikel von".
WHAT_IS_BY = r"(?:(?:an?|ein|un|une|blog|guest|article|post|story|text|texte|texto|words|written|artikel|beitrag|gastbeitrag)\s+){1,3}"
# "By" in the words of bylines, with or without a colon.
BY = re.compile(
    rf"^(?:{WHAT_IS_BY}(?:by|von|par|por)|(?:written|reported|reporting|posted|published|story|text|words|edited|created|analysis|review|opinion|comment|interview|photos?|"
    rf"(?:more|all) (?:articles|stories|posts)|view all posts)\s+by|(?:more|all) (?:articles|stories|posts) from|{BY_WORDS}|przez|autor(?:in|en|es|a|zy)?|author|authors|auteur|"
    r"text(?:e|o)?|redigerad av|автор(?:ы)?|текст|от|yazan|oleh|بقلم|كتب|记者|記者|文|作者|글)\s*+(?:[:：]\s*|(?<=\s)(?=\S))",
    re.IGNORECASE,
)
# Texts of buttons and links next to a name. Such a part of a byline names nobody; after a name it is cut off.
BUTTONS = re.compile(
    r"(?:(?<!\s)\s+)?\b(?:view (?:author|all|full|profile|bio)\b.*|get author\b.*|(?:see|show|read|view) (?:all|more) (?:articles?|posts|stories)\b.*|all (?:articles|posts|stories)|"
    r"more (?:articles|posts|stories)\b.*|author archive.*|alle (?:artikel|beiträge)\b.*|(?:weitere|mehr) (?:artikel|beiträge)\b.*|tous (?:les|ses) articles\b.*|"
    r"follow(?: (?:me|us|@?\w+))?|says?|schreibt|folgen|subscribe|contact|abonnieren|read (?:bio|more)|last (?:updated|modified)|profile|biography|bio)$",
    re.IGNORECASE,
)
# Degrees after a name, which look like further names.
DEGREES = frozenset(
    (
        "ba",
        "bsc",
        "ma",
        "msc",
        "mba",
        "ms",
        "md",
        "jd",
        "phd",
        "dphil",
        "rn",
        "rd",
        "rdn",
        "cfp",
        "cpa",
        "esq",
        "mph",
        "llm",
        "dds",
        "dvm",
        "obe",
        "mbe",
        "mp",
    )
)
# "Jill Lawless Associated Press": name and agency without a separator.
AGENCY = re.compile(r"(?<=\w)[\s,]+(?:for\s+)?(?:the\s+)?(?:associated\s+press|thomson\s+reuters|reuters|agence\s+france[- ]presse|afp|dpa|press\s+association|canadian\s+press|bloomberg(?:\s+news)?)(?:\s+(?:writer|correspondent))?$", re.IGNORECASE)  # fmt: skip
ORGANISATION = re.compile(
    r"\b(?:gmbh|e\.?\s?v\.?|stiftung|foundation|verlag|redaktion|redaction|rédaction|redacción|redazione|editorial|editors|newsroom|team|staff|media|"
    r"zeitung|inc|ltd|llc|online|news|desk|service)(?:$|\W)",
    re.IGNORECASE,
)
LEADING_AND = re.compile(r"^(?:and|und|et|och|og|e|y|&)\s+", re.IGNORECASE)
# "Reporter" after a name, in languages that put it there.
TITLE_BEHIND = re.compile(r"(?<=\S)\s?(?:기자|특파원|논설위원|記者|特派員|记者|通讯员|編集委員)$")
WORDS = re.compile(r"(?<!\s)\s+(?:and|und|et|och|og|&|и|та|ve|dan)\s+|(?:(?<!\s)\s+)?&\s*(?=\w)(?<=\s)", re.IGNORECASE)
# These separate names too, but also occur inside names and bylines ("Ortega y Gasset", "Ana Ruiz en Madrid"). So they count only between
# full names.
WEAK_WORDS = re.compile(r"(?<!\s)\s+(?:y|e|en|i|a)\s+")
ROLE = re.compile(
    r"\b(?:ceo|cto|cfo|co-founder|founder|director|president|educators?|specialist|reporters?|correspondents?|editors?|writers?|journalists?|staff|columnists?|producer|analyst|contributor|columnist|freelance|chief|head of|professor|photographer|"
    r"redakteur(?:in)?|korrespondent(?:in)?|reporterin|volontär(?:in)?|journaliste?(?:in)?|redaktør|journalist|correspondant|envoyée?|redactora?|corresponsal|periodista|"
    r"giornalista|inviat[oa]|redaktor(?:ka)?|корреспондент|журналист|редактор)\b",
    re.IGNORECASE,
)
# Accounts, placeholders and share buttons next to a byline.
NOBODY = frozenset(
    ("admin", "administrator", "unknown", "null", "none", "undefined", "n/a", "na", "author", "guest", "user", "root", "editor",
     "nan", "false", "true", "facebook", "twitter", "instagram", "linkedin", "youtube", "telegram", "whatsapp", "email", "e-mail", "rss")
)  # fmt: skip

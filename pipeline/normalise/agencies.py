"""Recognise news agencies: their names, and where a text credits them."""

from __future__ import annotations

import re
from collections.abc import Iterable

# Each agency's name here, and the forms in which it signs: the large ones of each region.
_SIGNED = {
    "Reuters": "reuters|thomson reuters|рейтер|ロイター|路透社?|로이터",
    "Associated Press": "ap|associated press|the associated press|ap news|美联社",
    "AFP": "afp|agence france[- ]presse|法新社?|france[- ]presse",
    "dpa": "dpa|deutsche presse[- ]agentur|dpa[- ]infocom|dpa[- ]afx|dpa/.{2,20}",
    "ANSA": "ansa", "Adnkronos": "adnkronos", "AGI": "agi", "LaPresse": "lapresse",
    "EFE": "efe|agencia efe", "Europa Press": "europa press|ep", "Lusa": "lusa|agência lusa", "Agência Brasil": "agência brasil",
    "Télam": "t[ée]lam", "Notimex": "notimex", "Prensa Latina": "prensa latina",
    "APA": "apa|austria presse agentur", "Keystone-SDA": "sda|keystone[- ]sda|ats|keystone[- ]ats|awp",
    "epd": "epd|evangelischer pressedienst", "KNA": "kna", "SID": "sid|sport[- ]informations[- ]dienst", "AFX": "afx",
    "PA Media": "pa|pa media|press association|the press association", "AAP": "aap|australian associated press",
    "Canadian Press": "cp|the canadian press|canadian press|la presse canadienne", "UPI": "upi|united press international",
    "Bloomberg": "bloomberg|bloomberg news", "ANP": "anp", "Belga": "belga|belga news agency",
    "TT": "tt|tt[- ]reuters|tidningarnas telegrambyrå", "NTB": "ntb|©\\s*ntb", "Ritzau": "ritzau|/?ritzau/?", "STT": "stt|stt[- ]lehtikuva", "BNS": "bns", "LETA": "leta", "ELTA": "elta",
    "PAP": "pap", "ČTK": "čtk|ctk", "TASR": "tasr", "SITA": "sita", "MTI": "mti", "Agerpres": "agerpres", "Mediafax": "mediafax", "BTA": "bta|бта", "Tanjug": "tanjug", "Beta": "beta", "Hina": "hina", "FENA": "fena", "STA": "sta", "AMNA": "amna|ana-mpa|απε-μπε",
    "TASS": "tass|тасс", "RIA Novosti": "ria novosti|риа новости", "Interfax": "interfax|интерфакс", "Ukrinform": "ukrinform|укринформ|укрінформ", "UNIAN": "unian|уніан|униан",
    "Anadolu Agency": "aa|anadolu|anadolu agency|anadolu ajansı", "DHA": "dha|demirören haber ajansı", "İHA": "i̇ha|iha|ihlas haber ajansı", "IRNA": "irna", "Mehr": "mehr news agency", "SANA": "sana", "MENA": "mena", "SPA": "spa", "WAM": "wam", "KUNA": "kuna", "QNA": "qna", "Petra": "petra",
    "Xinhua": "xinhua|xinhua news agency|新华社?|新華社?", "China News Service": "中新社|china news service", "CNA": "cna|中央社", "Kyodo": "kyodo|kyodo news|共同通信社?|共同", "Jiji Press": "jiji|jiji press|時事通信社?|時事", "Yonhap": "yonhap|yonhap news agency|연합뉴스", "Newsis": "newsis|뉴시스", "News1": "news1|뉴스1",
    "PTI": "pti|press trust of india", "ANI": "ani", "IANS": "ians", "UNI": "uni", "APP": "app", "Antara": "antara", "Bernama": "bernama", "VNA": "vna|ttxvn", "Thai News Agency": "tna",
    "PANA": "panapress", "NAN": "nan|news agency of nigeria", "APS": "aps", "MAP": "map", "TAP": "tap",
}  # fmt: skip
_KNOWN = [(name, re.compile(rf"(?:{words})(?:\s+news)?", re.IGNORECASE)) for name, words in _SIGNED.items()]
_ANY = re.compile(rf"(?:{'|'.join(_SIGNED.values())})(?:\s+news)?", re.IGNORECASE)  # most names match none, which this decides at once
# Short signs that are also words or initials. They count only in capitals and as a credit of their own.
_MAX_SIGN = 3
_PARTS = re.compile(r"(?:(?<!\s)\s+)?(?:[/,;|+&]|(?<=\s)[-–—]\s|\b(?:and|und|et|y|e|con|with|mit|avec)\b)\s*", re.IGNORECASE)
# A credit may be at the start of the text ("KYIV, March 3 (Reuters) - …", "(AP) —", "dpa/lno") or at its end ("(dpa)", "© AFP", "With
# Reuters").
_BRACKETS = re.compile(r"[(\[/（【]\s*+(?:©\s*+)?([^()\[\]（）【】/]{2,60}?)\s*+[)\]/）】]")
_END = re.compile(r"(?:©|\(c\)|source|quelle|fonte|fuente|kaynak|mit material von|with (?:material|reporting|files) (?:from|by)|with|avec|con|med)\s*+:?\s*+([^.!?\n]{2,80})\W*$", re.IGNORECASE)  # fmt: skip
HEAD, TAIL = 160, 140  # characters of a text that may contain a credit
# Signs that have other meanings in brackets ("Harrisburg (PA)"). As names in a byline they are agencies.
_AMBIGUOUS = frozenset(("PA Media", "Canadian Press", "Europa Press", "Anadolu Agency", "AGI", "SID", "APA", "APS", "CNA", "ANI", "NAN", "SITA", "Beta", "STA", "MENA", "SPA", "UNI", "APP", "MAP", "TAP", "TT", "UPI", "SANA", "WAM"))  # fmt: skip


def named(names: Iterable[str]) -> tuple[str, ...]:
    """The agencies among the names of a byline, each once, under its usual name."""
    found = (agency for name in names for part in _PARTS.split(name) if (agency := _agency(part)))
    return tuple(dict.fromkeys(found))


def credited(text: str) -> tuple[str, ...]:
    """The agencies that a text credits in brackets at its start or end, or in a closing line."""
    head, tail = text[:HEAD], text[-TAIL:]
    signs = [match[1] for match in _BRACKETS.finditer(head)]
    signs += [match[1] for match in _BRACKETS.finditer(tail) if not tail[match.end() :].strip(" .\n")]
    last = text.rstrip().rpartition("\n")[2]
    closing = _END.search(last) if len(last) <= TAIL else None
    sure = [agency for agency in named(signs) if agency not in _AMBIGUOUS]
    return tuple(dict.fromkeys((*sure, *named([closing[1]] if closing else []))))


def _agency(text: str) -> str:
    sign = text.strip(" .()[]©*")
    if not _ANY.fullmatch(sign):
        return ""
    for name, words in _KNOWN:
        if words.fullmatch(sign):
            return name if len(sign) > _MAX_SIGN or sign.isupper() or not sign.isascii() or sign == name else ""
    return ""

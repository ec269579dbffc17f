"""Lines that stand on every article of a site and say so in their own words: appeals, reuse notices, pointers to the site's services.

For texts that come without markup. What a site's own pages show by repetition needs no words; here the words are all there is.
"""

from __future__ import annotations

import re

MAX_LINE = 600  # characters; only notices of law are longer, and those are told by NOTICE alone

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
    r"""^\W*(?:articles\s+by|more\s+(?:articles|stories|posts|from|by)|related(?:\s+(?:articles|stories|posts|content))?|read\s+(?:more|also|next)|see\s+also|previous\s+article|next\s+article
    |share\s+on|view\s+(?:this|in)\s+(?:e-?mail|your)\s|view\s+in\s+browser|view\s+online|unsubscribe|manage\s+(?:your\s+)?preferences|skip\s+to\s+content|advertisement
    |lesen\s+sie\s+auch|mehr\s+zum\s+thema|lire\s+aussi|leer\s+también|leggi\s+anche)\b\W*(?::|$|(?=.{0,120}$))
    |^\W*(?:for\s+)?(?:media|press)\s+(?:inquiries|enquiries|contact)\s*:|^\W*contact\s*:\s*\S+@""",
    re.IGNORECASE | re.VERBOSE,
)
_CREDIT = re.compile(
    r"""^\W*(?:(?:featured|cover|header|top|lead)\s+(?:image|photo|picture)|(?:image|photo|picture|foto|bild|illustration)s?(?:\s+(?:credit|source))?\s*:|(?:image|photo)s?\s+(?:is|are|by|courtesy|from)\b)
    |^\W*(?:the\s+)?original\s+source\b|^\W*(?:this\s+(?:article|story|piece|post|text|essay|report)\s+)?(?:was\s+|is\s+)?(?:originally|first)\s+(?:published|posted|appeared)\b
    |^\W*this\s+(?:article|story|piece|post|text|essay|report)\s+(?:was|is|has)\s+.{0,30}\b(?:re-?(?:published|posted|printed)|(?:originally|first)\s+(?:published|posted|appeared))\b|^\W*(?:re-?published|re-?printed|re-?posted)\s+(?:from|with|by)\b""",
    re.IGNORECASE | re.VERBOSE,
)
_NOTICE = re.compile(
    r"""^\W*(?:copyright|©|\(c\)\s*(?:19|20)\d\d)|\bcopyright\s+©|©\s*(?:19|20)\d\d|\ball\s+rights\s+reserved\b
    |\bcontains?\s+copyrighted\s+material\b|\bcopyright\s+owner\b|["“]fair\s+use["”]|\bfair\s+use\b.{0,80}\b(?:copyright|provisions|material)
    |\bgrants?\s+permission\s+to\b.{0,80}\b(?:post|reprint|publish|articles)|\bsource\s+and\s+copyright\s+(?:are|is)\s+acknowledged\b
    |\b(?:responsib(?:le|ility)|liab(?:le|ility))\b.{0,60}\b(?:inaccurate|incorrect|errors)\b.{0,60}\b(?:statement|article|content)
    |\b(?:views|opinions)\s+expressed\b.{0,60}\b(?:author|writer)|\bdo(?:es)?\s+not\s+(?:necessarily\s+)?reflect\b.{0,60}\b(?:views|opinions|policy|position)
    |\bsole\s+responsibility\s+of\s+the\s+authors?\b|\bpermission\s+(?:of|from)\s+the\s+(?:copyright|author|publisher)""",
    re.IGNORECASE | re.VERBOSE,
)


def is_standing(text: str) -> bool:
    """Whether a paragraph is the site's and not the article's: an appeal, a pointer elsewhere, a credit or a notice."""
    return is_notice(text) or (len(text) <= MAX_LINE and bool(_APPEAL.search(text) or _POINTER.match(text))) or is_credit(text)


def is_notice(text: str) -> bool:
    """Copyright, terms of reuse, disclaimers, of any length."""
    return bool(_NOTICE.search(text))


def is_credit(text: str) -> bool:
    """Where the article or its pictures come from."""
    return len(text) <= MAX_LINE and bool(_CREDIT.search(text))

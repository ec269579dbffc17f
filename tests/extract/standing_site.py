"""A page in the manner of a WordPress site that puts much of its own around each article: series and regions over the text, share bars, a
widget for translations, appeals for money, notes and notices below. Every name and sentence is made up; the article is that of `saved`."""

from __future__ import annotations

from tests.documents import saved
from tests.extract.pages import ld

URL = "https://www.coastal-review.example/ferry-company-leave-northern-isles/5847219"
FIRST = "https://islesdispatch.example/2025/03/ferry-company-leaves/"
SITE = "Coastal Review"

CARD = f"""<meta property="og:type" content="article"><meta property="og:title" content="{saved.TITLE} - {SITE}{SITE} - Centre for the Study of Coasts">
<meta property="og:site_name" content="{SITE}"><meta property="og:url" content="{URL}"><meta property="og:image" content="/wp-content/uploads/2025/03/ferry.jpg">
<meta property="og:image:width" content="800"><meta property="og:image:height" content="420"><link rel="canonical" href="{URL}">
<meta property="og:description" content="Harbour Minister Ada Brandt is set to lose the ferry line to both Sandoy and Westray because of her refusal to pay …">
<meta name="generator" content="WordPress 6.4.2">"""
GRAPH = ld(
    {
        "@context": "https://schema.org",
        "@graph": [
            {"@type": "WebPage", "@id": URL, "url": URL, "name": f"{saved.TITLE} - {SITE}", "isPartOf": {"@id": "#site"}, "datePublished": "2025-03-14T09:12:44+00:00"},
            {"@type": "Article", "@id": f"{URL}#article", "isPartOf": {"@id": URL}, "author": {"@id": "#p"}, "headline": saved.TITLE, "datePublished": "2025-03-14T09:12:44+00:00", "mainEntityOfPage": {"@id": URL}, "publisher": {"@id": "#o"}},
            {"@type": "Person", "@id": "#p", "name": "Marta Lindqvist"},
            {"@type": "WebSite", "@id": "#site", "name": SITE},
            {"@type": "Organization", "@id": "#o", "name": SITE},
        ],
    }
)  # fmt: skip

MENU = "".join(f'<li class="menu-item"><a href="/{name.lower()}/">{name}</a></li>' for name in ("Home", "Regions", "Themes", "Videos", "Books", "Donate", "Contact"))  # fmt: skip
SHARES = '<div class="a2a_kit a2a_kit_size_32 addtoany_list">' + "".join(f'<a class="a2a_button_{n}" href="https://share.example/{n}" title="{n}"><span class="a2a_label">{n}</span></a>' for n in ("Facebook", "Mastodon", "Email", "Print")) + "<span class='count'>1.2K shares</span></div>"  # fmt: skip
TRANSLATE = '<div id="translate" class="gtranslate_wrapper"><span>Translate Website</span><select class="gt_selector"><option value="">Select Language</option><option value="en|de">Deutsch</option><option value="en|fr">Français</option></select></div>'  # fmt: skip
REGION = '<a href="/region/northern-isles" rel="tag">Northern Isles &amp; Sounds</a>, <a href="/region/mainland" rel="tag">Mainland</a>'
THEME = '<a href="/theme/shipping" rel="tag">Shipping</a>'
SERIES = '<a href="/specialreport/ferry-watch" rel="tag">FERRY WATCH</a>, <a href="/specialreport/piers" rel="tag">PIERS</a>, <a href="/specialreport/berths" rel="tag">BERTHS</a>'
HEADINGS = {
    "classic": f"""<div class="postMeta"><h1 class="title">{saved.TITLE}</h1><div class="authorLine">By <a href="/author/marta-lindqvist" class="author">Marta Lindqvist</a></div>
<div class="dateline">{SITE}, March 14, 2025</div><div class="taxonomy"><strong>Region:</strong> {REGION}<br><strong>Theme:</strong> {THEME}<br><strong>Special Report:</strong> {SERIES}</div></div>""",
    "list": f"""<header class="entry-header"><h1 class="entry-title">{saved.TITLE}</h1><p class="entry-meta"><span class="byline">By <span class="author vcard"><a href="/author/marta-lindqvist">Marta Lindqvist</a></span></span>
<time class="entry-date" datetime="2025-03-14T09:12:44+00:00">March 14, 2025</time></p><ul class="entry-terms"><li>Region: {REGION}</li><li>Theme: {THEME}</li><li>Special Report: {SERIES}</li></ul></header>""",
}  # fmt: skip
APPEALS = f"""<p><em>All {SITE} articles can be read in 12 languages by activating the <strong>Translate Website</strong> button below the author's name.</em></p>
<p><em>To receive {SITE}'s daily newsletter, <a href="/newsletter">click here</a>.</em></p>
<p><em>Click the share button above to e-mail this article to your friends and colleagues. Follow us on <a href="https://m.example/c">Mastodon</a> and subscribe to our <a href="https://t.example/c">channel</a>. Feel free to repost and share widely {SITE} articles.</em></p>
<h3 style="text-align: center"><a href="/donate">Spring Donation Drive: {SITE} Needs Its Readers</a></h3><p style="text-align: center">***</p>"""
TAIL = f"""<p style="text-align: center">*</p>
<p><em>Note to readers: please click the share button above. Follow us on Mastodon and subscribe to our channel. Feel free to repost and share widely {SITE} articles.</em></p>
<p><em>This article was originally published on <a href="{FIRST}">Isles Dispatch</a>.</em></p>
<p><strong><em>Marta Lindqvist</em></strong><em> is a two-time winner of the harbour prize. She is a regular contributor to {SITE}.</em></p>
<p><em>Featured image is from ID</em></p>
<div class="donate-box"><h4>Support independent reporting from the coast</h4><p>{SITE} depends on its readers. <a href="/donate">Please donate today</a>.</p><a class="button" href="/donate">Donate</a></div>
<div class="origin">The original source of this article is <a href="/">{SITE}</a><br>Copyright © <a href="/author/marta-lindqvist">Marta Lindqvist</a>, <a href="/">{SITE}</a>, 2025</div>
<hr><p class="commentlink"><a href="https://social.example/coastal">Comment on {SITE} Articles on our Facebook page</a></p><p class="memberlink"><a href="/membership">Become a Member of {SITE}</a></p>"""
AFTER = f"""<div class="relatedposts"><h3>Related Articles from our Archives</h3><ul><li><a href="/storm/5840001">The Storm That Emptied the Piers</a> <span>2 March 2025</span></li><li><a href="/lamps/5840002">Who Pays for the Lamps of Port Ellary?</a></li></ul></div>
<div class="articlesby">Articles by: <a href="/author/marta-lindqvist">Marta Lindqvist</a></div>
<div class="disclaimer"><p><strong>Disclaimer:</strong> The contents of this article are of sole responsibility of the author(s). The Centre for the Study of Coasts will not be responsible for any inaccurate or incorrect statement in this article. The Centre grants permission to cross-post {SITE} articles on community internet sites as long the source and copyright are acknowledged together with a hyperlink to the original article.</p>
<p>www.coastal-review.example contains copyrighted material the use of which has not always been specifically authorized by the copyright owner. We are making such material available to our readers under the provisions of "fair use" in an effort to advance a better understanding of coasts.</p><p>For media inquiries: desk@coastal-review.example</p></div>
<div id="comments"><h3>2 Comments</h3><ol class="commentlist"><li class="comment"><cite class="fn">seagull</cite><p>They said the same of the mail boat in ninety-one, and look where we are now with it.</p></li></ol></div>"""
PICTURE = '<div class="wp-caption aligncenter"><img src="/wp-content/uploads/2025/03/pier.jpg" width="600" height="400"><p class="wp-caption-text">Source: Harbour Office of Port Ellary</p></div>'
# What may not come through, in the words of it.
FURNITURE = (
    "Region:", "Theme:", "Special Report", "BERTHS", "12 languages", "newsletter", "share button", "Donation Drive", "***", "Note to readers", "originally published", "harbour prize",
    "Featured image", "original source", "Copyright", "Facebook", "Become a Member", "Articles by", "cross-post", "fair use", "media inquiries", "Select Language", "1.2K shares",
    "Source: Harbour", "Please donate", "Related Articles", "ninety-one", "By Marta", "March 14",
)  # fmt: skip


def page(*, heading: str = "classic", head: str = CARD) -> str:
    """The article as that site shows it, with the `heading` of one of its two themes."""
    first, *rest = (f"<p>{text}</p>" for text in saved.BODY)
    body = first + PICTURE + "".join(rest)
    return f"""<!doctype html><html lang="en-US"><head><meta charset="utf-8"><title>{saved.TITLE} - {SITE}</title>{head}</head><body class="post-template-default single single-post">
<div id="header"><a href="/" class="logo">{SITE}</a><ul class="menu">{MENU}</ul></div>
<div id="main"><div id="content" class="post hentry">{HEADINGS[heading]}{SHARES}{TRANSLATE}<div class="articleBody entry-content">{APPEALS}{body}{TAIL}</div>{SHARES}{AFTER}</div>
<div id="sidebar" class="widget-area"><div class="widget"><h3>Most Popular</h3><ul><li><a href="/a/1">Ten Piers to See Before They Fall</a></li><li><a href="/a/2">The Price of Salt</a></li></ul></div></div></div>
<div id="footer"><p>Copyright © 2005-2025 {SITE}</p><a href="/privacy">Privacy Policy</a></div></body></html>"""

"""Texts that are hard to read: what is said again and again in a page, a feed, an e-mail, a header, an address."""

from __future__ import annotations

from tests.fuzz.growth.shapes import Shape

# What any reader of a text may get.
ANY = tuple(
    Shape("", again, end)
    for again in (
        "a", "1", " ", "\n", "\t", "-", ".", ",", ":", ";", "/", "\\", "'", '"', "(", ")", "[", "]", "{", "}", "<", ">", "&", "=", "%", "@", "#", "|", "*",
        "_", "?", "+", "~", "\0", "\xa0", "\u200b", "\u0301", "\u4e00", "\u0e01", "\U0001f600", "é", "a ", "a\n", "\n\n", "- ", ". ", ", ", "a,", "a, ",
        "a-", "a.", "a. ", "A b ", "a@", "a@b ", "a@b.c ", "<a", "<a>", "</a>", "&amp;", "&#", "&#x", "&a", "a=b&", "a=b;", "?a=b", "http://", "http://a",
        "http://a.b/ ", "://", "//", "word ", "Word word. ", "by ", "By A B and ", "am ", "12:00 ", "2026-", "1 January 2026 ", "\"a\":", "[\"", "{\"a\":",
        "a\r\n", "\r", "%2", "%20", "xn--", "=?utf-8?q?a?= ", "max-age=", "\ud800",
    )
    for end in ("", "\0")
)  # fmt: skip

HEAD = '<html lang="en"><head><title>A bridge</title></head><body><article><h1>A bridge</h1>'
STORY = "<p>The council met on Tuesday to talk about the new bridge over the river and what it will cost the town.</p>" * 4
# Parts of a page of which there may be any number.
PAGE = (
    *(
        Shape(HEAD + STORY, again, STORY + "</article>")
        for again in (
            "<p>word</p>", "<p>The same words are in this paragraph, which is as long as one of an article usually is.</p>", "<b>word</b>", "<b>word</b> ",
            "<b><i>word</i></b> ", "<a href=/x>link</a> ", "<span>word </span>", "word<br>", "word<br><br>", "<br>", "<div>", "<b>", "<p>", "<li>word</li>",
            "<ul><li>word</li></ul>", "<ul>", "<ul><li>", "<table>", "<table><tr><td>", "<div><p>", "<tr><td>a</td><td>b</td></tr>", "<table><tr><td>a</td></tr></table>", "<td>a</td>",
            "<blockquote>word</blockquote>", "<blockquote>", "<h2>word</h2>", "<h2>", "<figure><img src=a.jpg></figure>", "<img src=a.jpg>",
            "<time datetime=2026-01-01>x</time>", "<script>a</script>", "<style>a</style>", "<!-- a -->", "&amp;", "&lt;b&gt;", "&#8217;", "a b ", "a",
            "<pre>a\n</pre>", "<code>a</code>", "<sup>1</sup>", "<form><input></form>", "<iframe></iframe>", "<svg><path/></svg>", "<aside>word</aside>",
            "<section><p>word</p></section>", "<div><p>word</p></div>", "<div>word</div>", "<div class=byline>By A B</div>", "<p>word", "</p>", "</div>",
            "<font>", "<a>", "<button>a</button>", "<option>a", "<dl><dt>a</dt><dd>b</dd></dl>", "<details><summary>a</summary>b</details>",
            "<p><b>word</b></p>", "<p><a href=/x>link</a></p>", "<p>a<br>b</p>", "<q>word</q>", "<em>a</em>b", "<template>a</template>", "<o:p>a</o:p>",
            "<noscript>a</noscript>", "<object>", "<label>a</label>", "<del>a</del>", "<div class=related><p>word</p></div>", "<video>", "<picture>", "<hr>",
        )
    ),
    *(
        Shape(f"{HEAD}{STORY}<{holder}>", again, f"</{holder}>{STORY}</article>")
        for holder in ("p", "div", "ul><li", "table><tr><td", "h2", "blockquote", "pre", "figure")
        for again in (
            "<b>word</b> ", "<b>word</b>", "<a href=/x>link</a> ", "word<br>", "<span>word</span> ", "<i><b>word</b></i> ", "<sup>1</sup>", "<code>a</code> ", "<img src=a>", "a <!-- -->",
            "<del>a</del>b ", "<q>word</q> ", "<b>word", "<font>word</font> ",
        )
    ),
    *(
        Shape("<html><head>", again, f"</head><body><article>{STORY}</article>")
        for again in (
            '<meta property="article:tag" content="a">', '<meta name=author content="A B">', '<meta name="date" content="2026-01-01">', "<meta>",
            '<meta property="og:title" content="a b">', "<title>a</title>", "<link rel=canonical href=http://a.example/a>", "<link rel=alternate href=/a>",
            '<script type="application/ld+json">{"@type":"NewsArticle","headline":"a"}</script>', '<script type="application/ld+json">{</script>', "<base href=/a>",
        )
    ),
    Shape("<html><head><title>", "a ", f"</title></head><body>{STORY}"),
    Shape("<html><head><title>", " - a", f"</title></head><body>{STORY}"),
    Shape("<html><head><title>", " | A", f"</title></head><body>{STORY}"),
    Shape(f"{HEAD}<h2>", "a ", f"</h2>{STORY}"),
    Shape(f"{HEAD}<p class='", "a ", f"'>{STORY}"),
    Shape(f"{HEAD}<p ", "a=1 ", f">{STORY}"),
    Shape(f"{HEAD}<p ", "a ", f">{STORY}"),
    Shape(f"{HEAD}<div class=byline>By ", "A B and ", f"</div>{STORY}"),
    Shape(f"{HEAD}<div class=byline>By ", "A B, ", f"</div>{STORY}"),
    Shape(f"{HEAD}<ul class=tags>", "<li><a href=/tag/a>a</a>", f"</ul>{STORY}"),
    Shape(f"{HEAD}<p>", "a. ", f"</p>{STORY}"),
    Shape('<html><script type="application/ld+json">', "[", "</script>"),
    Shape('<html><script type="application/ld+json">', '{"@graph":[', "</script>"),
    Shape('<html><script type="application/ld+json">{"@type":"NewsArticle","keywords":[', '"a",', f'"b"]}}</script>{STORY}'),
    Shape('<html><script type="application/ld+json">{"@type":"NewsArticle","articleBody":"', "word ", f'"}}</script>{STORY}'),
    Shape('<html><script type="application/ld+json">{"@type":"NewsArticle","articleBody":"', "\\u003cp\\u003eword", f'"}}</script>{STORY}'),
    Shape('<html><script type="application/ld+json">{"@type":"NewsArticle","author":[', '{"name":"A B"},', f'{{}}]}}</script>{STORY}'),
    Shape('<html><script type="application/ld+json">[', '{"@type":"NewsArticle","headline":"a"},', f"{{}}]</script>{STORY}"),
    Shape('<html><script type="application/ld+json">{"a":', '"\\', "</script>"),
    Shape("<html><", "a", ">"),
)  # fmt: skip

RSS = '<?xml version="1.0"?><rss version="2.0"><channel><title>t</title>'
FEED = (
    *(
        Shape(RSS, again, "</channel></rss>")
        for again in (
            "<item><title>a</title><link>http://a.example/1</link></item>", "<item/>", "<item>", "<title>a</title>", "<category>a</category>", "<a>", "<a/>",
            "<![CDATA[", "<!--", "]]>", "<?", "&", "&amp;", "&nbsp;", "&#1;", "<", ">", "\0", "<item><guid>a</guid><description>&lt;p&gt;</description></item>",
            "<item><pubDate>1 January</pubDate></item>", "<skipHours><hour>1</hour></skipHours>", "<A>", "<a:b/>", "<x xmlns:a='b'/>", "</item>", "<image>",
            "<item><link>http://a.example/&amp;amp;</link></item>", "<item><author>a@b (c)</author></item>", "<textInput>", "<cloud/>", "<enclosure url=a />",
        )
    ),
    *(
        Shape(f"{RSS}<item><link>http://a.example/1</link>", again, "</item></channel></rss>")
        for again in (
            "<category>a</category>", "<description>a</description>", "<dc:creator>A B</dc:creator>", "<media:content url='a'/>", "<enclosure url='a'/>",
            "<pubDate>Mon, 1</pubDate>", "<guid>a</guid>", "<link>a</link>", "<title>a", "<content:encoded>&lt;b&gt;a", "<media:keywords>a,b</media:keywords>",
        )
    ),
    Shape(f"{RSS}<item><title>", "&amp;", "</title></item></channel></rss>"), Shape(f"{RSS}<item><title>", "&lt;b&gt;", "</title></item></channel></rss>"),
    Shape(f"{RSS}<item><description>", "&lt;", "</description></item></channel></rss>"), Shape(f"{RSS}<item><author>", "a@", "</author></item></channel></rss>"),
    Shape(f"{RSS}<item><author>", "a@b ", "</author></item></channel></rss>"), Shape(f"{RSS}<item><pubDate>", "1 ", "</pubDate></item></channel></rss>"),
    Shape("<!DOCTYPE rss [", "]", "><rss>"), Shape("<!DOCTYPE rss [", "<!ENTITY a 'b'>", "]><rss><channel><item><title>&a;</title></item></channel></rss>"),
    Shape("<!DOCTYPE rss [", "<!ENTITY ", "]><rss>"), Shape("<?xml ", "<?xml ", "?><rss>"), Shape("<?xml ", "encoding='", "?><rss>"), Shape("", "<?a?>", "<rss>"),
    Shape("", "<!-- -->", "<rss>"), Shape("<rss ", "a='b' ", ">"), Shape("<rss ", "xmlns:a='b' ", ">"), Shape("<rss><channel>", "<item ", ""),
    Shape("<feed xmlns='http://www.w3.org/2005/Atom'>", "<entry><id>a</id><link href='http://a.example/'/></entry>", "</feed>"),
    Shape("<feed xmlns='http://www.w3.org/2005/Atom'>", "<link rel='next' href='a'/>", "</feed>"),
    Shape("<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>", "<div>", "</content></entry></feed>"),
    Shape("<feed xmlns='http://www.w3.org/2005/Atom'><entry><content type='xhtml'>", "<b>a</b>", "</content></entry></feed>"),
    Shape("<feed xmlns='http://www.w3.org/2005/Atom' xml:base='http://a.example/'>", "<entry xml:base='a/'>", "</feed>"),
    Shape("<urlset>", "<url><loc>http://a.example/1</loc></url>", "</urlset>"), Shape("<urlset>", "<url>", "</urlset>"), Shape("<sitemapindex>", "<sitemap><loc>http://a.example/1</loc></sitemap>", "</sitemapindex>"),
    Shape('{"version":"https://jsonfeed.org/version/1","items":[', '{"id":"a","url":"http://a.example/"},', '{"id":"b"}]}'), Shape("", "[", ""), Shape("", '{"items":', ""),
    Shape('{"version":"https://jsonfeed.org/version/1","items":[{"id":"a","tags":[', '"a",', '"b"]}]}'), Shape('{"version":"', "\\", '"}'), Shape('{"version":', " ", ""),
    Shape("<html><body>", "<p>a</p>", "</body></html>"), Shape("<rss><channel><item><link>", "http://", "</link></item></channel></rss>"),
)  # fmt: skip

MAIL_HEAD = "From: Ann Ash <ann@a.example>\nSubject: A bridge\nDate: Tue, 01 Dec 2026 10:00:00 +0000\n"
MAIL_TEXT = "The council met on Tuesday to talk about the new bridge over the river and what it will cost the town.\n\n" * 5
MAIL = (
    *(Shape(f"{MAIL_HEAD}\n{MAIL_TEXT}", again, "\nThe end of it is here.") for again in (
        "\n", "\r\n", " ", " \n", "a\n", "a\n\n", "- \n", ">", "> ", ">\n", "-", "--\n", "-- \n", "The same line again and again.\n",
        "The same paragraph again and again, as long as one of an article usually is, and then some more.\n\n", "Page 2 of 5\n", "2\n", "share like ",
        "1", "1 ", "share\n", "unsubscribe\n", "Forwarded message\n", "forwarded message ", "From: a\n", "Tags: a\n", "http://a.example/a\n", "© 2026 a\n", "=\n",
        "=20", "word-\n", "a, ", "***\n", "By A B\n", "1 January 2026\n", "<b>a</b>", "<p>",
    )),
    *(Shape("From: ", again, f"\nSubject: a\n\n{MAIL_TEXT}") for again in ("a,", "a", "a ", '"', "<", "(", "a@b,", "a <a@b>, ", "\\", "@", "=?utf-8?q?a?= ", "=?", ";", ":", "a.", "[", "=?utf-8?b?YQ==?= ")),
    *(Shape("From: a@b\nSubject: ", again, f"\n\n{MAIL_TEXT}") for again in ("=?utf-8?q?a?= ", "=?utf-8?q?=41?=", "=?utf-8?q?a?=\n ", "=?", "a ", "Re: ", "[a] ", "=?utf-8?b?YQ==?= ", "\n ", "=?x?q?a?= ", "?=")),
    *(Shape("From: a@b\nDate: ", again, f"\n\n{MAIL_TEXT}") for again in ("1 ", "(", "a", ":", "Tue, ", "\n ")),
    *(Shape("From: a@b\n", again, f"\n{MAIL_TEXT}") for again in ("X: a\n", "To: a@b\n", "Received: from a by b; Tue, 01 Dec 2026 10:00:00 +0000\n", " a\n", "a\n", "Content-Type: text/plain\n", "MIME-Version: 1.0\n", "List-Id: a\n")),
    *(Shape("From: a@b\nContent-Type: ", again, f"\n\n{MAIL_TEXT}") for again in ("text/", "a;", ";", "text/plain; a=b;", "text/plain; a*0=b; ", ' ; a="', "(", 'text/plain; name*=utf-8\'\'a; ')),
    *(Shape("From: a@b\nContent-Disposition: attachment; ", again, f"\n\n{MAIL_TEXT}") for again in ("filename=a; ", "filename*0=a; ", "a=b; ", '"', "(")),
    *(Shape("From: a@b\nContent-Transfer-Encoding: ", again, f"\n\n{MAIL_TEXT}") for again in ("base64 ", "a", "(", ";")),
    Shape("From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n", "--x\n\na\n", "--x--\n"), Shape("From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n", "--x\n", "--x--\n"),
    Shape("From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n", "--x\nContent-Type: text/html\n\n<p>a</p>\n", "--x--\n"),
    Shape("From: a@b\nContent-Type: multipart/mixed; boundary=x\n\n", "--x\nContent-Type: multipart/mixed; boundary=x\n\n", ""),
    Shape("From: a@b\n", "Content-Type: message/rfc822\n\n", f"Subject: a\n\n{MAIL_TEXT}"),
    Shape("From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", "YWFh\n", ""), Shape("From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: base64\n\n", "=", ""),
    Shape("From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n", "=\n", ""), Shape("From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: quoted-printable\n\n", " ", ""),
    Shape("From: a@b\nContent-Type: text/plain\nContent-Transfer-Encoding: x-uuencode\n\nbegin 644 a\n", "!a\n", "end"),
    *(Shape(f"From: a@b\nContent-Type: text/plain; charset={name}\n\n", "a\u4e00", "") for name in ("punycode", "idna", "utf-7", "hex", "iso-2022-jp", "unicode_escape")),
    Shape("From: a@b\nContent-Type: text/html\n\n", "<p>word</p>", ""), Shape(f"{MAIL_HEAD}\nForwarded message\n", "\n", f"From: a\n{MAIL_TEXT}"),
    Shape(f"{MAIL_HEAD}\nForwarded message\n", "From: a\n", MAIL_TEXT), Shape("From: a@b\nContent-Type: text/html\n\n", "<p hidden>a</p>b", ""), Shape("From: a@b\nContent-Type: text/html\n\n", "<b>word</b>", ""), Shape("From: a@b\nContent-Type: text/html\n\n", "<div style='display:none'>", ""),
    Shape("From: <Saved by Blink>\nSnapshot-Content-Location: http://a.example/a\nMIME-Version: 1.0\nContent-Type: multipart/related; type=\"text/html\"; boundary=x\n\n--x\nContent-Type: text/html\n\n", "<p>a</p>", "\n--x--"),
)  # fmt: skip

SAVED = "A bridge for the town\n\nBy Ann Ash\n\n1 January 2026\n\n"
TEXT = (
    *ANY,
    *(Shape(SAVED + MAIL_TEXT, again, "\n\nAll rights reserved.") for again in (
        "a\n", "a\n\n", "\n", "The same line again and again.\n", "The same paragraph again and again, as long as one usually is, and longer by a few.\n\n", "By A B\n\n",
        "© 2026 The Post\n\n", "***\n\n", "Subscribe to our newsletter\n\n", "Tags: a, b\n\n", "http://a.example/a\n\n", "Page 2 of 5\n", "\f", "\f2\n", "1\n", "word-\nword\n", "Source: a\n\n",
        "First published in The Post.\n\n", "Ann Ash is a reporter.\n\n", "word ", "Word. ", "a\f", "A line\nanother line\n\f", "<b>a</b> ", "- a\n", "\u00ad\n",
    )),
)  # fmt: skip

RULES = f"User-agent: *\nDisallow: /{'*a' * 20}$\nDisallow: /a*b*c\n"
ROBOTS = (
    *(Shape("", again, "") for again in (
        "User-agent: *\nDisallow: /a\n", "User-agent: a\n", "Disallow: /\n", "Allow: /a*\n", "Disallow: *\n", "Sitemap: http://a.example/a\n", "\n", "#", "# a\n", ":", "a:\n",
        "Crawl-delay: 1\n", "User-agent: a, b\n", "Content-Signal: a=b\n", "\r", "\r\n", "*", "Disallow: /a$\n", "User-agent: *\nDisallow: *a*a*a\n", "\0", "\ufeff", "a\n",
    )),
    *(Shape("User-agent: *\nDisallow: /", again, end) for again in ("*a", "*", "a*", "%2", "$", "/2*", "é") for end in ("\n", "b\n", "$\n")),
    Shape("User-agent: ", "a ", "\nDisallow: /\n"), Shape("User-agent: *\nSitemap: ", "a", "\n"), Shape("User-agent: *\nCrawl-delay: ", "1", "\n"),
)  # fmt: skip
TDM = (Shape("[", '{"location":"/a*","tdm-reservation":1},', "{}]"), Shape('[{"location":"/', "*a", '","tdm-reservation":1}]'), Shape("", "[", ""), Shape('[{"location":"/', "a ", '","tdm-reservation":1}]'))  # fmt: skip

HEADERS = tuple(Shape(start, again, "") for start, again in (
    ("text/html; charset=", " "), ("text/html; charset=", "a"), ("text/html; ", "charset="), ("text/html; ", "a=b; "), ("<a>; rel=", "a "), ("<a>; ", 'rel="a'), ("", "<a>; rel=canonical, "),
    ("", "<"), ("<a>", "; a=b"), ("<a>", '; a="'), ("<a>", ";"), ("", "max-age=1, "), ("max-age=", "1"), ("", "max-age"), ("unavailable_after: ", ", "), ("", "unavailable_after: "), ("", "noai, "),
    ("", "bot: noai, "), ("", "max-snippet: 1, "), ("", "max-a"), ("", "gzip, "), ("", "br,gzip,"), ("", "a; b, "), ("", 'a="b", '), ("", 'a="'),
))  # fmt: skip

DATES = (
    *ANY,
    *(Shape("", again, end) for again in (
        "1 January 2026 ", "1 ", "12:00 ", "12:00:00.", "am ", "2026-01-01 ", "2026-", "-", "+01", "+0100 ", "1.", "1/", "January ", "Mon, ", "z", "T", "年", "1月", "2026年", "12:", "12h", "GMT ", "(", "a b ", "1st ",
    ) for end in ("", "x")),
    *(Shape("1 January 2026 ", again, "") for again in ("12:00 ", "+", "a", "am", " ", "GMT", "(")), *(Shape("2026-01-01T10:00:00.", again, "x") for again in ("0", "1.")),
)  # fmt: skip
JSON = tuple(Shape(start, again, end) for start, again, end in (
    ("[", "1,", "1]"), ("[", '"a",', "1]"), ("", "[", ""), ("", '{"a":', ""), ("[", "{},", "1]"), ('{"a":"', '"', '"}'), ('{"a":"', ' "', '"}'), ('{"a":"', '\\', '"}'), ('{"a":"', "\\x", '"}'), ("", ",", "}"), ("", ", ", "}"),
    ("", '{"a":1}', ""), ("", '{"a":1};', ""), ("", "{", ""), ("", "}", ""), ("<!--", " ", "{}"), ("", "// ", ""), ("", "<!--", ""), ("", "-->", ""), ("[", '"\n",', "1]"), ('{"a":"', '\n', '"}'), ("", '{"a" ', ""), ("", "[1", ""),
))  # fmt: skip

OPML = (
    *(Shape("<opml><body>", again, "</body></opml>") for again in (
        "<outline xmlUrl='http://a.example/1'/>", "<outline text='a'>", "<outline/>", "<outline a='b' ", "&", "<outline xmlUrl='http://a.example/1' category='a,b'/>", "<?", "<!DOCTYPE", "<a>",
    )),
    *(Shape("url,title\n", again, "") for again in ("http://a.example/1,a\n", ",", '"', '""', "a\n", "\n", '"\n', "http://a.example/1,\"a\n")),
    *(Shape("", again, "") for again in ("http://a.example/1\n", "http://", "a\n", "# a\n", "<", "http://a.example/1 http://b.example/\n")),
)  # fmt: skip

ADDRESSES = (
    *ANY,
    *(Shape("http://a.example/", again, end) for again in ("a", "/", "//", "../", "./", "%41", "%", "a/", "?", "?a=b", "&a=b", ";a", ";jsessionid=a", "#", "a?", "é", " ", "{", "utm_a=b&", "&&", "=", "a-", "+", "\\") for end in ("", "\0", "@")),
    *(Shape("http://a.example/?", again, "") for again in ("a=b&", "a&", "&", "utm_source=a&", "a=", "%20", "a=a=", "a[]=b&", "token=a&", "http://a.example/?", ";")),
    *(Shape("http://", again, ".example/a") for again in ("a.", "a", "-", "xn--a.", "é", "é.", "1.", "[", ":", "@", "a:b@", "%41", "_")),
)  # fmt: skip

NAMES = (*ANY, *(Shape("By ", again, end) for again in ("A B, ", "A B and ", "A B & ", "(a) ", "a@b.c ", "A ", "A. ", "A B | ", "A B / ", "http://a ", "@a ", "[", "<b>", "A B Reuters ", "A y ", "A-", "von ", "&amp;") for end in ("", "\0")))  # fmt: skip

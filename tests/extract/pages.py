"""Small pages in the manner of news sites, written for these tests."""

from __future__ import annotations

import json
from typing import Any

ENGLISH = (
    "The town council voted late on Tuesday to keep the old iron bridge open for another year, although engineers had warned that its bearings are worn.",
    "Traffic over the bridge has doubled since the ferry stopped running in spring, and the council's own survey counted nine thousand cars on a single Monday.",
    "“We would rather mend it twice than close it once,” said the mayor after the vote, which went nineteen to eleven with two members absent from the hall.",
    "Work on the bearings is to begin in March, and the lanes will be closed one after the other so that buses can still reach the hospital on the far bank.",
    "The engineers will report again before the summer; until then lorries over twelve tonnes have to take the motorway, a detour of twenty kilometres.",
)
GERMAN = (
    "Der Stadtrat hat am späten Dienstagabend beschlossen, die alte Eisenbrücke ein weiteres Jahr offen zu halten, obwohl Fachleute vor den Lagern gewarnt hatten.",
    "Seit die Fähre im Frühjahr eingestellt wurde, hat sich der Verkehr über die Brücke verdoppelt; an einem einzigen Montag zählte die Stadt neuntausend Autos.",
    "„Lieber flicken wir sie zweimal, als sie einmal zu schließen“, sagte die Bürgermeisterin nach der Abstimmung, die mit neunzehn zu elf Stimmen ausging.",
    "Die Arbeiten an den Lagern sollen im März beginnen, und die Fahrspuren werden nacheinander gesperrt, damit die Busse das Krankenhaus weiterhin erreichen.",
)
RUSSIAN = (
    "Городской совет поздно вечером во вторник решил оставить старый железный мост открытым ещё на один год, хотя инженеры предупреждали об износе опор.",
    "С весны, когда перестал ходить паром, движение по мосту удвоилось, и в один только понедельник городские службы насчитали девять тысяч автомобилей.",
    "«Лучше дважды починить его, чем один раз закрыть», — сказал мэр после голосования, в котором девятнадцать депутатов были за, а одиннадцать против.",
)
JAPANESE = (
    "市議会は火曜日の夜遅く、支承の摩耗について技術者が警告していたにもかかわらず、古い鉄橋をもう一年間開放し続けることを決めた。",
    "春に渡し船が廃止されてから橋の交通量は倍増し、市の調査ではある月曜日だけで九千台の車が通ったことが分かった。",
    "市長は採決の後、「一度閉鎖するより二度修理する方がよい」と述べた。採決は十九対十一で、二人の議員が欠席した。",
    "支承の工事は三月に始まる予定で、バスが対岸の病院まで行けるように、車線は順番に閉鎖される。",
)


def page(
    paragraphs: tuple[str, ...] = ENGLISH,
    *,
    title: str = "Old bridge stays open for another year",
    head: str = "",
    lang: str = "en",
    top: str = "",
    window: str | None = None,
) -> str:
    """An article page with a menu and a footer around its text."""
    text = "\n".join(f"<p>{p}</p>" for p in paragraphs)
    return f"""<!doctype html><html lang="{lang}"><head><meta charset="utf-8"><title>{window or title}</title>{head}</head>
<body><nav><ul><li><a href="/">Home</a></li><li><a href="/sport">Sport</a></li><li><a href="/town">Town</a></li></ul></nav>
<main><article><h1>{title}</h1>{top}{text}</article></main>
<footer><p>Copyright of The Harbour Post</p></footer></body></html>"""


def ld(value: Any) -> str:
    return f'<script type="application/ld+json">{json.dumps(value, ensure_ascii=False)}</script>'

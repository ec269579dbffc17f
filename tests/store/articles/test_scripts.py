"""A text in any script comes from its page into Postgres and back as it was written, less what Postgres cannot hold."""

from __future__ import annotations

import psycopg
import pytest

from pipeline.settings import Settings
from tests.extract.pages import page
from tests.store.articles.published import extraction, keep

# Language, title, author, paragraphs, and about how many words a reader would count in them.
SCRIPTS = [
    ("ar", "الجسر القديم يبقى مفتوحا", "ليلى حداد", ("قرر المجلس البلدي في وقت متأخر من مساء الثلاثاء إبقاء الجسر الحديدي القديم مفتوحا لمدة عام آخر رغم تحذير المهندسين من تآكل دعاماته.",
     "وتضاعفت حركة المرور على الجسر منذ توقف العبارة في الربيع، وأحصى المسح (2024) تسعة آلاف سيارة في يوم اثنين واحد.", "قالت رئيسة البلدية: «نفضل إصلاحه مرتين على إغلاقه مرة واحدة» بعد التصويت."), 58),
    ("he", "הגשר הישן נשאר פתוח", "נועה לוי", ("מועצת העיר החליטה בשעה מאוחרת ביום שלישי להשאיר את גשר הברזל הישן פתוח לשנה נוספת, אף שמהנדסים הזהירו כי המסבים שלו שחוקים.",
     "התנועה על הגשר הוכפלה מאז הופסקה המעבורת באביב, והסקר של העירייה מנה תשעת אלפים מכוניות ביום שני אחד בלבד.", "\u2067«מוטב לתקן פעמיים»\u2069 אמר ראש העיר אחרי ההצבעה, שהסתיימה בתשעה עשר מול אחד עשר."), 56),
    ("hi", "पुराना पुल खुला रहेगा", "मीरा शर्मा", ("नगर परिषद ने मंगलवार देर रात पुराने लोहे के पुल को एक और वर्ष खुला रखने का निर्णय लिया, हालाँकि अभियंताओं ने चेतावनी दी थी कि उसके बेयरिंग घिस चुके हैं।",
     "वसंत में नौका सेवा बंद होने के बाद से पुल पर यातायात दोगुना हो गया है और परिषद के सर्वेक्षण में एक ही सोमवार को नौ हज़ार गाड़ियाँ गिनी गईं।", "महापौर ने मतदान के बाद कहा कि हम इसे एक बार बंद करने के बजाय दो बार सुधारना पसंद करेंगे।"), 76),
    ("ta", "பழைய பாலம் திறந்திருக்கும்", "கவிதா ராஜன்", ("பொறியாளர்கள் எச்சரித்திருந்தும் பழைய இரும்புப் பாலத்தை மேலும் ஓராண்டு திறந்து வைக்க நகர மன்றம் செவ்வாய்க்கிழமை இரவு முடிவு செய்தது.",
     "வசந்த காலத்தில் படகுச் சேவை நிறுத்தப்பட்டதிலிருந்து பாலத்தின் போக்குவரத்து இரட்டிப்பாகியுள்ளது, ஒரே திங்கட்கிழமை ஒன்பதாயிரம் கார்கள் எண்ணப்பட்டன.", "ஒருமுறை மூடுவதைவிட இருமுறை பழுதுபார்ப்போம் என்று மேயர் வாக்கெடுப்புக்குப் பின் கூறினார்."), 40),
    ("th", "สะพานเก่ายังเปิดต่อ", "สมชาย ใจดี", ("สภาเทศบาลตัดสินใจเมื่อดึกวันอังคารให้เปิดใช้สะพานเหล็กเก่าต่อไปอีกหนึ่งปีแม้ว่าวิศวกรจะเตือนว่าตลับลูกปืนสึกหรอแล้วและต้องซ่อมก่อนฤดูฝนหน้า",
     "การจราจรบนสะพานเพิ่มขึ้นเป็นสองเท่านับตั้งแต่เรือข้ามฟากหยุดให้บริการในฤดูใบไม้ผลิและการสำรวจนับรถได้เก้าพันคันในวันจันทร์เพียงวันเดียว", "นายกเทศมนตรีกล่าวหลังการลงมติว่าเรายอมซ่อมสองครั้งดีกว่าปิดหนึ่งครั้ง"), 80),
    ("zh", "旧桥继续开放一年", "陈小雨", ("尽管工程师警告轴承已经磨损，市议会仍在星期二深夜决定让这座旧铁桥再开放一年，并在明年三月开始维修工程。", "自从春天渡船停航以来，桥上的车流量翻了一番，市政府自己的调查在一个星期一就数到了九千辆汽车，其中一半是卡车。",
     "市长在表决后说，我们宁愿修两次也不愿关闭一次。表决结果是十九票对十一票，另有两名议员缺席。", "工程师将在夏天之前再次提交报告，在此之前，十二吨以上的卡车必须改走高速公路，绕行二十公里。"), 110),
    ("ko", "낡은 다리 한 해 더 연다", "김하늘", ("시의회는 기술자들이 받침이 닳았다고 경고했는데도 화요일 밤늦게 낡은 철교를 한 해 더 열어 두기로 결정했다.", "봄에 나룻배가 끊긴 뒤로 다리의 교통량은 두 배로 늘었고, 시의 조사에서는 어느 월요일 하루에만 구천 대의 차가 지나갔다.",
     "시장은 표결 뒤에 한 번 닫느니 두 번 고치겠다고 말했다. 표결은 십구 대 십일이었고 의원 두 명이 결석했다."), 48),
]  # fmt: skip
ODD = "The mayor, Zoë O’Hara-Łuczak, sent \U0001f468\u200d\U0001f469\u200d\U0001f467 and \U0001f1eb\U0001f1ee, an e\u0301 of two parts, \u202ba turn\u202c and a soft\u00adhyphen to the council in its last meeting."


@pytest.mark.parametrize(("lang", "title", "author", "paragraphs", "words"), SCRIPTS, ids=[row[0] for row in SCRIPTS])
def test_a_text_comes_back_as_it_was_written(
    lang: str, title: str, author: str, paragraphs: tuple[str, ...], words: int, conn: psycopg.Connection, settings: Settings
) -> None:
    body = page(paragraphs, title=title, lang=lang, head=f'<meta name="author" content="{author}">')
    stored = keep(conn, settings, extraction(conn, settings, f"https://{lang}.example/2026/story", body))
    assert stored.text.split("\n") == list(paragraphs)
    assert (stored.title, stored.authors, stored.language) == (title, [author], lang)
    assert all(paragraph in stored.markdown for paragraph in paragraphs)
    assert words * 0.75 <= stored.word_count <= words * 1.25, stored.word_count


def test_what_postgres_cannot_hold_is_gone_and_the_rest_is_whole(conn: psycopg.Connection, settings: Settings) -> None:
    poison = "\x00&#0;&#xD83D;\x01&#1;\x1b"
    paragraphs = (f"{poison}{ODD}{poison}", f"The council{poison} met again. " * 12)
    body = page(paragraphs, title=f"Old{poison} bridge", head=f'<meta name="author" content="Ada{poison} Ash">')
    stored = keep(conn, settings, extraction(conn, settings, "https://odd.example/2026/story", body))
    whole = stored.text.replace("\ufffd", "")
    assert whole.startswith(ODD.replace("e\u0301", "é").replace("\u00ad", "")) or whole.startswith(ODD.replace("e\u0301", "é"))
    assert "The council met again." in whole
    assert stored.title.replace("\ufffd", "") == "Old bridge"
    assert [name.replace("\ufffd", "") for name in stored.authors] == ["Ada Ash"]

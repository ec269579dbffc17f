"""Texts that are copies of one another, and texts that only look like copies; written for these tests."""

from __future__ import annotations

WIRE = """\
The Marlow ferry ran aground on a sandbank off Tarn Point early on Monday with 212 people on board, the coast guard said, and all of them were taken off unhurt by lifeboats within three hours.
The vessel, built in 1987 and owned by Sound & Isles Lines, had left Port Ellery at 5.40 a.m. for the island of Skerra when it lost power in its port engine and drifted in a north-westerly gale.
"We felt a long shudder and then the lights went out," said Ingrid Maule, a schoolteacher who was travelling with 30 pupils. "The crew were calm and nobody ran."
Captain Roland Pryce, 54, told reporters at the quay that an alarm had sounded two minutes before the engine failed, and that the anchor had not held on the soft ground off the point.
The Marine Accident Office sent two inspectors to Port Ellery. It said that the ferry had passed its last survey in October with three minor remarks, none of which concerned the engines.
Tugs are to try to float the ship with Tuesday night's spring tide. Until then Skerra, which has 1,900 inhabitants, depends on the freight boat that calls on Wednesdays and Saturdays.
The line's second ship, the Ardgour, is in dry dock until the middle of April. A spokesman said that a replacement was being sought in Norway and might arrive within ten days.
"""
# The same event by another reporter, who quotes the same people.
OTHER_REPORT = """\
Skerra woke without its lifeline on Monday. By the time the school bell should have rung, the island's only passenger ship lay on the sand at Tarn Point, and thirty of its children were drinking cocoa in the lifeboat station at Port Ellery.
Nobody was hurt when the Marlow lost an engine in the gale, but on the quay the anger was easy to hear. Shopkeepers spoke of empty shelves before the weekend; the dentist, who crosses twice a month, cancelled her appointments.
"We have written to the line three times about that ship," said Hamish Orr, who keeps the Anchor Hotel and has chaired the ferry committee since 2009. "The answer was always that she had passed her survey."
Ingrid Maule, the teacher who brought her class across, praised the crew. "Nobody ran," she said. Her pupils had sung to pass the time until the first lifeboat came alongside.
Sound & Isles Lines bought the Marlow second hand. Its other ship is being repaired, and islanders doubt the promise that one can be hired abroad so soon. The council meets on Thursday, and the transport minister has been asked to come.
"""
BACKGROUND = """\
Sound & Isles Lines was founded in 1921 by two brothers who carried coal and cattle, and it has run the crossing to Skerra without a competitor since the war. The contract with the government, worth 14 million a year, was renewed in 2019 after a tender in which no other company took part.
An inquiry in 2022 found that the line had put off the repair of its ships to save money, and that the ministry had not asked for the reports that the contract foresees. Both said at the time that they would do better.
"""
COUNCIL = """\
The island council voted by seven to two on Thursday to ask the government for a public ferry company of its own, the first such demand in the history of the archipelago. Councillor Morag Bain called the vote overdue.
Opponents said that a small authority could not carry the risk of two ships, and that the money would be missing for the harbour wall, where last winter's storms have torn a gap of twelve metres. A report is due in June.
"""
MARKETS_MONDAY = """\
The Northern Index closed 1.3 percent higher at 14,211 points on Monday, as investors looked ahead to the central bank's decision later in the week. Turnover was 8.4 billion, against 7.9 billion in the session before.
Among the largest gainers was Albion Steel, which rose 4.2 percent to 61.10. Carrick Foods added 3.1 percent to 22.75, and the insurer Merrow Mutual rose 2.7 percent to 118.40.
At the other end of the list, Delft Motors lost 2.9 percent to 33.05, while shares in the retailer Hobbs & Lane fell by 1.8 percent to 9.62. The euro was traded at 1.0841, and the yield of ten-year bonds stood at 2.41 percent.
Analysts said that trading would remain thin until the decision is known. A barrel of Brent crude cost 71.30 in the late afternoon. Gold stood at 2,644 an ounce.
"""
MARKETS_TUESDAY = """\
The Northern Index closed 0.6 percent lower at 14,126 points on Tuesday, as investors looked ahead to the central bank's decision later in the week. Turnover was 7.1 billion, against 8.4 billion in the session before.
Among the largest gainers was Pentland Wind, which rose 3.8 percent to 40.25. Orrin Bank added 2.2 percent to 17.90, and the insurer Castle Re rose 1.9 percent to 204.60.
At the other end of the list, Albion Steel lost 3.3 percent to 59.08, while shares in the retailer Marten Stores fell by 2.5 percent to 12.48. The euro was traded at 1.0807, and the yield of ten-year bonds stood at 2.38 percent.
Analysts said that trading would remain thin until the decision is known. A barrel of Brent crude cost 70.85 in the late afternoon. Gold stood at 2,631 an ounce.
"""
WEATHER = """\
Here is the forecast for {place} for the coming days. {day}: sunny spells in the morning, cloud from the west after noon, highs of {a} degrees and a light wind from the south. At night it stays dry with lows of {b} degrees and mist in the valleys.
{next}: rain spreads from the west in the morning and clears by the evening, highs of {c} degrees, wind gusting to {d} kilometres an hour on the coast. The chance of rain is {e} percent. Pollen is low, and the water in the bay has {f} degrees.
Sunrise is at {g} and sunset at {h}. The next forecast for {place} is published at six in the morning by the weather desk, and warnings are sent to all who have signed up for them.
"""
WEATHER_ONE = WEATHER.format(place="Ellery", day="Monday", next="Tuesday", a=14, b=6, c=11, d=55, e=80, f=9, g="6.12", h="18.44")
WEATHER_TWO = WEATHER.format(place="Skerra", day="Friday", next="Saturday", a=17, b=8, c=13, d=40, e=60, f=10, g="6.01", h="18.53")
LIVE = "This page is updated through the day by our desk. Send what you have seen to the newsroom, and tell us where you are. Pictures are welcome.\n"
LIVE_MORNING = (
    LIVE
    + """\
08:10 Roads around Ellery are icy after a night of frost, and three cars have left the road at the quarry bend. Police ask drivers to stay at home where they can until gritting is done.
08:45 The schools in Tarn and Upper Marl stay closed because their boilers have failed. Parents are told by text message. Both hope to open on Wednesday.
09:30 The railway says that the first train to the north has left with a delay of fifty minutes; frozen points at Carrick are being thawed by hand.
"""
)
LIVE_EVENING = (
    LIVE
    + """\
19:05 The frost is back, and the river is frozen from bank to bank at the mill for the first time in eleven winters. The fire service warns that the ice does not bear.
19:40 In the cup, Ellery Rovers against Port United was called off an hour before it was to begin; the pitch had been heated in vain. A new date is not known.
20:20 The power company says that all 340 houses on the ridge have light again. A crew from the mainland had repaired the line in the afternoon.
"""
)
FURNITURE = """\
Sign up for the morning letter and get the best of our reporting in your inbox every day. Follow us for the latest news, sport and weather from your area.
This newspaper is a member of the press council and subscribes to its code of practice. If you have a complaint about something you have read here, write to the readers' editor within four weeks.
All content is protected and may not be copied, broadcast or rewritten without our consent in writing. You may call the desk from nine in the morning to five in the afternoon on working days, or write at any time of the day.
"""
BRIEF_ONE = "A man of 41 was fined 300 for letting two goats graze on the churchyard of Upper Marl. He told the court that the grass had been long and the gate open, and that the vicar had never minded before.\n"
BRIEF_TWO = "The reading room of the library in Tarn is closed until Friday, since a pipe has burst above the map cabinet. Most of the sheets were saved by the caretaker, who was sleeping next door and heard the water.\n"
JAPANESE = """\
月曜日の早朝、乗客二百十二人を乗せたフェリー「マーロウ」がターン岬沖の砂州に乗り上げた。沿岸警備隊によると、全員が三時間以内に救命艇で救助され、けが人はいなかった。
船は午前五時四十分にエレリー港を出て島へ向かう途中、左舷の機関が止まり、北西の強風に流された。船長は岸壁で記者団に、故障の二分前に警報が鳴り、いかりが効かなかったと説明した。
生徒三十人を引率していた教師は「長い揺れの後に明かりが消えたが、乗組員は落ち着いており、走る人はいなかった」と話した。事故調査官二人が港に派遣された。
"""
JAPANESE_OTHER = """\
島議会は木曜日、公営のフェリー会社を設立するよう政府に求める決議を七対二で可決した。議員の一人は採決の後、遅すぎた決定だと述べ、住民の多くもこれを歓迎した。
反対派は、小さな自治体が二隻の船の危険を負うことはできず、昨年の冬の嵐で十二メートルにわたって壊れた港の壁を直す費用が足りなくなると主張した。
報告書は六月にまとまる見通しで、運輸大臣は来月に島を訪れ、住民の意見を聞く予定だという。会社側は声明で、代わりの船をできるだけ早く手配すると約束した。
"""

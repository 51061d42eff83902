"""Lookups as people type them, in ten languages: the window in days of their zone, and the filters."""

from datetime import datetime

import pytest

from adapters.language.times import Times
from bot.services.lookup import understand

# Line | first day | last day | group | place | words; "-" is nothing. A line with @ sets the moment and the zone.
TABLE = """
@ 2026-11-22T12:00:00+00:00 Europe/Zurich
# English
SG17 in Geneva before summer | - | 2027-05-31 | SG17 | Geneva | -
next quarter | 2027-01-01 | 2027-03-31 | - | - | -
between 3 and 7 March | 2027-03-03 | 2027-03-07 | - | - | -
3-7 Nov 2026 | 2026-11-03 | 2026-11-07 | - | - | -
3-7 Nov | 2027-11-03 | 2027-11-07 | - | - | -
SG21 next month | 2026-12-01 | 2026-12-31 | SG21 | - | -
SG 21 next week | 2026-11-23 | 2026-11-29 | SG21 | - | -
ITU-T SG21 this week | 2026-11-16 | 2026-11-22 | SG21 | - | -
study group 13 in December | 2026-12-01 | 2026-12-31 | SG13 | - | -
Study Group 17 in January | 2027-01-01 | 2027-01-31 | SG17 | - | -
TSAG in 2027 | 2027-01-01 | 2027-12-31 | TSAG | - | -
WP1/17 tomorrow | 2026-11-23 | 2026-11-23 | WP1/17 | - | -
Q7/21 in Q2 2027 | 2027-04-01 | 2027-06-30 | SG21 | - | Q7/21
question 10/17 next year | 2027-01-01 | 2027-12-31 | SG17 | - | Q10/17
facial recognition meetings before the end of the year | - | 2026-12-31 | - | - | facial recognition
video surveillance in New Delhi | - | - | - | New Delhi | video surveillance
any meetings in Beijing on 14 December? | 2026-12-14 | 2026-12-14 | - | Beijing | -
what is on in Tokyo from 1 to 5 March 2027 | 2027-03-01 | 2027-03-05 | - | Tokyo | -
e-meetings of SG17 next week | 2026-11-23 | 2026-11-29 | SG17 | online | -
online meetings tomorrow | 2026-11-23 | 2026-11-23 | - | online | -
28 December - 2 January | 2026-12-28 | 2027-01-02 | - | - | -
SG5 until 15 March | - | 2027-03-15 | SG5 | - | -
SG2 after 1 February 2027 | 2027-02-02 | - | SG2 | - | -
SG3 since January | 2026-01-01 | - | SG3 | - | -
last month | 2026-10-01 | 2026-10-31 | - | - | -
yesterday SG12 | 2026-11-21 | 2026-11-21 | SG12 | - | -
biometrics 2027-03 | 2027-03-01 | 2027-03-31 | - | - | biometrics
WTSA-28 in 2028 | 2028-01-01 | 2028-12-31 | WTSA-28 | - | -
JVET in April | 2027-04-01 | 2027-04-30 | JVET | - | -
FG-AI4H next month | 2026-12-01 | 2026-12-31 | FG-AI4H | - | -
workshop on deepfakes in Geneva in July 2027 | 2027-07-01 | 2027-07-31 | - | Geneva | workshop deepfakes
SG20 | - | - | SG20 | - | -
the next two weeks | 2026-11-22 | 2026-12-06 | - | - | -
in the next 30 days | 2026-11-22 | 2026-12-22 | - | - | -
this year | 2026-01-01 | 2026-12-31 | - | - | -
Monday | 2026-11-23 | 2026-11-23 | - | - | -
# French
la semaine prochaine | 2026-11-23 | 2026-11-29 | - | - | -
SG17 la semaine prochaine à Genève | 2026-11-23 | 2026-11-29 | SG17 | Geneva | -
commission d'études 21 le mois prochain | 2026-12-01 | 2026-12-31 | SG21 | - | -
réunions de la CE 17 avant l'été | - | 2027-05-31 | SG17 | - | -
entre le 3 et le 7 mars | 2027-03-03 | 2027-03-07 | - | - | -
du 3 au 7 novembre 2026 | 2026-11-03 | 2026-11-07 | - | - | -
reconnaissance faciale en décembre | 2026-12-01 | 2026-12-31 | - | - | reconnaissance faciale
demain à Paris | 2026-11-23 | 2026-11-23 | - | Paris | -
le trimestre prochain | 2027-01-01 | 2027-03-31 | - | - | -
l'année prochaine à New Delhi | 2027-01-01 | 2027-12-31 | - | New Delhi | -
après le 1er février 2027 | 2027-02-02 | - | - | - | -
réunions en ligne en janvier | 2027-01-01 | 2027-01-31 | - | online | -
quelles réunions à Lausanne en mai 2027 | 2027-05-01 | 2027-05-31 | - | Lausanne | -
le 14 décembre SG13 | 2026-12-14 | 2026-12-14 | SG13 | - | -
# Spanish
la próxima semana | 2026-11-23 | 2026-11-29 | - | - | -
SG17 el próximo mes en Ginebra | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
comisión de estudio 21 en diciembre | 2026-12-01 | 2026-12-31 | SG21 | - | -
entre el 3 y el 7 de marzo | 2027-03-03 | 2027-03-07 | - | - | -
del 3 al 7 de noviembre de 2026 | 2026-11-03 | 2026-11-07 | - | - | -
reconocimiento facial mañana | 2026-11-23 | 2026-11-23 | - | - | reconocimiento facial
reuniones en Madrid antes del verano | - | 2027-05-31 | - | Madrid | -
el próximo año en Buenos Aires | 2027-01-01 | 2027-12-31 | - | Buenos Aires | -
el próximo trimestre | 2027-01-01 | 2027-03-31 | - | - | -
reuniones virtuales en enero de 2027 | 2027-01-01 | 2027-01-31 | - | online | -
hasta el 15 de marzo | - | 2027-03-15 | - | - | -
el 14 de diciembre CE 17 | 2026-12-14 | 2026-12-14 | SG17 | - | -
# Portuguese
na próxima semana | 2026-11-23 | 2026-11-29 | - | - | -
SG17 no próximo mês em Genebra | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
reuniões em Lisboa em março | 2027-03-01 | 2027-03-31 | - | Lisbon | -
de 3 a 7 de março | 2027-03-03 | 2027-03-07 | - | - | -
reconhecimento facial em dezembro | 2026-12-01 | 2026-12-31 | - | - | reconhecimento facial
amanhã em Brasília | 2026-11-23 | 2026-11-23 | - | Brasilia | -
no próximo ano | 2027-01-01 | 2027-12-31 | - | - | -
entre 3 e 7 de março de 2027 | 2027-03-03 | 2027-03-07 | - | - | -
antes do verão SG21 | - | 2027-05-31 | SG21 | - | -
# German
nächste Woche | 2026-11-23 | 2026-11-29 | - | - | -
SG17 nächsten Monat in Genf | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
Studienkommission 21 im Dezember | 2026-12-01 | 2026-12-31 | SG21 | - | -
zwischen dem 3. und 7. März | 2027-03-03 | 2027-03-07 | - | - | -
3.-7. November 2026 | 2026-11-03 | 2026-11-07 | - | - | -
vom 28. Dezember bis 2. Januar | 2026-12-28 | 2027-01-02 | - | - | -
Gesichtserkennung vor dem Sommer | - | 2027-05-31 | - | - | Gesichtserkennung
morgen in Wien | 2026-11-23 | 2026-11-23 | - | Vienna | -
nächstes Jahr in Peking | 2027-01-01 | 2027-12-31 | - | Beijing | -
nächstes Quartal | 2027-01-01 | 2027-03-31 | - | - | -
Sitzungen bis 15. März | - | 2027-03-15 | - | - | -
am 14. Dezember SG13 | 2026-12-14 | 2026-12-14 | SG13 | - | -
Videoüberwachung seit Januar | 2026-01-01 | - | - | - | Videoüberwachung
# Italian
la prossima settimana | 2026-11-23 | 2026-11-29 | - | - | -
SG17 il mese prossimo a Ginevra | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
dal 3 al 7 marzo | 2027-03-03 | 2027-03-07 | - | - | -
riconoscimento facciale a dicembre | 2026-12-01 | 2026-12-31 | - | - | riconoscimento facciale
domani a Roma | 2026-11-23 | 2026-11-23 | - | Rome | -
l'anno prossimo | 2027-01-01 | 2027-12-31 | - | - | -
# Russian
на следующей неделе | 2026-11-23 | 2026-11-29 | - | - | -
в следующем месяце | 2026-12-01 | 2026-12-31 | - | - | -
ИК 17 в следующем месяце в Женеве | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
исследовательская комиссия 21 в декабре | 2026-12-01 | 2026-12-31 | SG21 | - | -
с 3 по 7 марта | 2027-03-03 | 2027-03-07 | - | - | -
3-7 ноября 2026 | 2026-11-03 | 2026-11-07 | - | - | -
распознавание лиц завтра | 2026-11-23 | 2026-11-23 | - | - | распознавание лиц
до лета | - | 2027-05-31 | - | - | -
в следующем году в Москве | 2027-01-01 | 2027-12-31 | - | Moscow | -
в следующем квартале | 2027-01-01 | 2027-03-31 | - | - | -
после 1 февраля 2027 | 2027-02-02 | - | - | - | -
14 декабря ИК 13 | 2026-12-14 | 2026-12-14 | SG13 | - | -
видеонаблюдение в Пекине | - | - | - | Beijing | видеонаблюдение
# Chinese
下个月 | 2026-12-01 | 2026-12-31 | - | - | -
SG17下个月在日内瓦 | 2026-12-01 | 2026-12-31 | SG17 | Geneva | -
第17研究组下周的会议 | 2026-11-23 | 2026-11-29 | SG17 | - | -
下周 | 2026-11-23 | 2026-11-29 | - | - | -
明天在北京 | 2026-11-23 | 2026-11-23 | - | Beijing | -
3月3日至7日 | 2027-03-03 | 2027-03-07 | - | - | -
2026年11月3日至7日 | 2026-11-03 | 2026-11-07 | - | - | -
人脸识别 明年 | 2027-01-01 | 2027-12-31 | - | - | 人脸识别
下季度 | 2027-01-01 | 2027-03-31 | - | - | -
12月在上海的会议 | 2026-12-01 | 2026-12-31 | - | Shanghai | -
视频监控 2027年3月 | 2027-03-01 | 2027-03-31 | - | - | 视频监控
夏天之前 | - | 2027-05-31 | - | - | -
下個月在日內瓦 | 2026-12-01 | 2026-12-31 | - | Geneva | -
# Japanese
来月 | 2026-12-01 | 2026-12-31 | - | - | -
来週のSG17会合 | 2026-11-23 | 2026-11-29 | SG17 | - | -
来月ジュネーブで | 2026-12-01 | 2026-12-31 | - | Geneva | -
明日 東京 | 2026-11-23 | 2026-11-23 | - | Tokyo | -
3月3日から7日 | 2027-03-03 | 2027-03-07 | - | - | -
来年の顔認証に関する会議 | 2027-01-01 | 2027-12-31 | - | - | 顔認証
第21研究委員会 12月 | 2026-12-01 | 2026-12-31 | SG21 | - | -
2026年11月3日～7日 | 2026-11-03 | 2026-11-07 | - | - | -
# Arabic
الشهر القادم | 2026-12-01 | 2026-12-31 | - | - | -
الأسبوع القادم في جنيف | 2026-11-23 | 2026-11-29 | - | Geneva | -
لجنة الدراسات 17 الشهر القادم | 2026-12-01 | 2026-12-31 | SG17 | - | -
غدا في دبي | 2026-11-23 | 2026-11-23 | - | Dubai | -
من 3 إلى 7 مارس | 2027-03-03 | 2027-03-07 | - | - | -
التعرف على الوجه في ديسمبر | 2026-12-01 | 2026-12-31 | - | - | التعرف الوجه
السنة القادمة | 2027-01-01 | 2027-12-31 | - | - | -
SG21 في القاهرة | - | - | SG21 | Cairo | -
# The same moment is another day elsewhere: New Year's Eve in New York is New Year's Day in Tokyo.
@ 2026-12-31T23:30:00+00:00 Asia/Tokyo
today | 2027-01-01 | 2027-01-01 | - | - | -
今日のSG17 | 2027-01-01 | 2027-01-01 | SG17 | - | -
来月 | 2027-02-01 | 2027-02-28 | - | - | -
next quarter | 2027-04-01 | 2027-06-30 | - | - | -
this week SG21 | 2026-12-28 | 2027-01-03 | SG21 | - | -
la semaine prochaine | 2027-01-04 | 2027-01-10 | - | - | -
下个月 | 2027-02-01 | 2027-02-28 | - | - | -
next year | 2028-01-01 | 2028-12-31 | - | - | -
yesterday | 2026-12-31 | 2026-12-31 | - | - | -
SG17 in Geneva before summer | - | 2027-05-31 | SG17 | Geneva | -
@ 2026-12-31T23:30:00+00:00 America/New_York
today | 2026-12-31 | 2026-12-31 | - | - | -
mañana SG17 | 2027-01-01 | 2027-01-01 | SG17 | - | -
next month | 2027-01-01 | 2027-01-31 | - | - | -
next quarter | 2027-01-01 | 2027-03-31 | - | - | -
nächste Woche | 2027-01-04 | 2027-01-10 | - | - | -
в следующем месяце | 2027-01-01 | 2027-01-31 | - | - | -
الشهر القادم | 2027-01-01 | 2027-01-31 | - | - | -
this year | 2026-01-01 | 2026-12-31 | - | - | -
3 January | 2027-01-03 | 2027-01-03 | - | - | -
# A leap year, and clocks about to change.
@ 2028-02-28T12:00:00+00:00 UTC
tomorrow | 2028-02-29 | 2028-02-29 | - | - | -
29 February | 2028-02-29 | 2028-02-29 | - | - | -
this month SG17 | 2028-02-01 | 2028-02-29 | SG17 | - | -
demain à Genève | 2028-02-29 | 2028-02-29 | - | Geneva | -
next month | 2028-03-01 | 2028-03-31 | - | - | -
2月29日 | 2028-02-29 | 2028-02-29 | - | - | -
27 February | 2029-02-27 | 2029-02-27 | - | - | -
@ 2027-03-27T23:30:00+00:00 Europe/Berlin
heute | 2027-03-28 | 2027-03-28 | - | - | -
morgen | 2027-03-29 | 2027-03-29 | - | - | -
nächste Woche SG21 | 2027-03-29 | 2027-04-04 | SG21 | - | -
diese Woche | 2027-03-22 | 2027-03-28 | - | - | -
nächstes Quartal | 2027-04-01 | 2027-06-30 | - | - | -
# Written before the reader was looked at; another moment and zone for some
@ 2026-11-22T10:00:00+00:00 UTC
meetings next quarter in Geneva | 2027-01-01 | 2027-03-31 | - | Geneva | -
everything from 20 December 2026 to 10 January 2027 | 2026-12-20 | 2027-01-10 | - | - | -
20 Dec - 10 Jan SG21 | 2026-12-20 | 2027-01-10 | SG21 | - | -
this autumn | 2026-09-01 | 2026-11-30 | - | - | -
first half of 2027 SG20 biometrics | 2027-01-01 | 2027-06-30 | SG20 | - | biometrics
H2 2027 | 2027-07-01 | 2027-12-31 | - | - | -
Q7/17 e-meetings next month | 2026-12-01 | 2026-12-31 | SG17 | online | Q7/17
next Tuesday | 2026-11-24 | 2026-11-24 | - | - | -
second week of March 2027 | 2027-03-08 | 2027-03-14 | - | - | -
Feb-Apr 2027 Seoul | 2027-02-01 | 2027-04-30 | - | Seoul | -
between Monday and Thursday | 2026-11-23 | 2026-11-26 | - | - | -
WP2/21 in week 10 of 2027 | 2027-03-08 | 2027-03-14 | WP2/21 | - | -
until the end of the year | - | 2026-12-31 | - | - | -
SG17 since 2025 | 2025-01-01 | - | SG17 | - | -
cet automne, CE 21 | 2026-09-01 | 2026-11-30 | SG21 | - | -
premier semestre 2027 | 2027-01-01 | 2027-06-30 | - | - | -
du 28 décembre au 4 janvier | 2026-12-28 | 2027-01-04 | - | - | -
réunions en ligne jeudi prochain | 2026-11-26 | 2026-11-26 | - | online | -
reuniones de la CE 17 en Ginebra el próximo trimestre | 2027-01-01 | 2027-03-31 | SG17 | Geneva | -
este otoño | 2026-09-01 | 2026-11-30 | - | - | -
primer semestre de 2027 | 2027-01-01 | 2027-06-30 | - | - | -
reuniones virtuales del 15 al 20 de enero | 2027-01-15 | 2027-01-20 | - | online | -
diesen Herbst | 2026-09-01 | 2026-11-30 | - | - | -
erstes Halbjahr 2027 | 2027-01-01 | 2027-06-30 | - | - | -
SG21 vom 28. Dezember bis 4. Januar | 2026-12-28 | 2027-01-04 | SG21 | - | -
Online-Sitzungen nächsten Donnerstag | 2026-11-26 | 2026-11-26 | - | online | -
reuniões do SG17 em Genebra no próximo trimestre | 2027-01-01 | 2027-03-31 | SG17 | Geneva | -
primeiro semestre de 2027 | 2027-01-01 | 2027-06-30 | - | - | -
na próxima semana, reuniões online | 2026-11-23 | 2026-11-29 | - | online | -
этой осенью | 2026-09-01 | 2026-11-30 | - | - | -
в первом полугодии 2027 года | 2027-01-01 | 2027-06-30 | - | - | -
онлайн-собрания в четверг | 2026-11-26 | 2026-11-26 | - | online | -
今年秋天 | 2026-09-01 | 2026-11-30 | - | - | -
2027年上半年的线上会议 | 2027-01-01 | 2027-06-30 | - | online | -
2026年12月28日到2027年1月4日 | 2026-12-28 | 2027-01-04 | - | - | -
今年の秋 | 2026-09-01 | 2026-11-30 | - | - | -
2027年上半期のオンライン会合 | 2027-01-01 | 2027-06-30 | - | online | -
بين 3 و 7 مارس | 2027-03-03 | 2027-03-07 | - | - | -
النصف الأول من 2027 | 2027-01-01 | 2027-06-30 | - | - | -
الاجتماعات الافتراضية الأسبوع القادم | 2026-11-23 | 2026-11-29 | - | online | -
anything on AI agents in the spring of 2027? | 2027-03-01 | 2027-05-31 | - | - | AI agents
Q3 and Q4 2027 | 2027-07-01 | 2027-12-31 | - | - | -
mid-March to early April | 2027-03-01 | 2027-04-30 | - | - | -
December 2026 through February 2027 | 2026-12-01 | 2027-02-28 | - | - | -
winter 2026/27 | 2026-12-01 | 2027-02-28 | - | - | -
the last quarter of 2026 | 2026-10-01 | 2026-12-31 | - | - | -
this Friday | 2026-11-20 | 2026-11-20 | - | - | -
le 15 janvier prochain | 2027-01-15 | 2027-01-15 | - | - | -
deuxième trimestre 2027 à Genève | 2027-04-01 | 2027-06-30 | - | Geneva | -
d'ici fin mars | - | 2027-03-31 | - | - | -
ab Februar 2027 SG17 | 2027-02-01 | - | SG17 | - | -
in KW 10 | 2027-03-08 | 2027-03-14 | - | - | -
kommenden Montag bis Mittwoch | 2026-11-23 | 2026-11-25 | - | - | -
a partir de febrero | 2027-02-01 | - | - | - | -
los próximos 10 días | 2026-11-22 | 2026-12-02 | - | - | -
segundo semestre do próximo ano | 2027-07-01 | 2027-12-31 | - | - | -
até o fim de março | - | 2027-03-31 | - | - | -
с декабря по февраль | 2026-12-01 | 2027-02-28 | - | - | -
весной 2027 года в Женеве | 2027-03-01 | 2027-05-31 | - | Geneva | -
12月到2月 | 2026-12-01 | 2027-02-28 | - | - | -
2027年第一季度 SG20 | 2027-01-01 | 2027-03-31 | SG20 | - | -
未来三个月 | 2026-11-22 | 2027-02-22 | - | - | -
3月上旬 | 2027-03-01 | 2027-03-31 | - | - | -
来週の木曜日 | 2026-11-26 | 2026-11-26 | - | - | -
今後2か月 | 2026-11-22 | 2027-01-22 | - | - | -
من 28 ديسمبر إلى 4 يناير | 2026-12-28 | 2027-01-04 | - | - | -
خريف 2027 | 2027-09-01 | 2027-11-30 | - | - | -
قبل نهاية السنة | - | 2026-12-31 | - | - | -
dal 28 dicembre al 4 gennaio | 2026-12-28 | 2027-01-04 | - | - | -
@ 2026-11-22T10:00:00+00:00 Europe/Zurich
SG17 between 3 and 7 March | 2027-03-03 | 2027-03-07 | SG17 | - | -
@ 2027-02-10T10:00:00+00:00 UTC
online meetings of SG21 this week | 2027-02-08 | 2027-02-14 | SG21 | online | -
in the next three weeks | 2027-02-10 | 2027-03-03 | - | - | -
@ 2026-11-22T16:00:00+00:00 Asia/Tokyo
Tokyo tomorrow | 2026-11-24 | 2026-11-24 | - | Tokyo | -
@ 2026-11-22T10:00:00+00:00 Europe/Paris
réunions SG17 entre le 3 et le 7 mars à Genève | 2027-03-03 | 2027-03-07 | SG17 | Geneva | -
@ 2026-11-22T10:00:00+00:00 Europe/Berlin
nächstes Quartal in Genf | 2027-01-01 | 2027-03-31 | - | Geneva | -
@ 2026-11-22T10:00:00+00:00 Europe/Moscow
заседания ИК17 в следующем квартале в Женеве | 2027-01-01 | 2027-03-31 | SG17 | Geneva | -
@ 2026-11-22T10:00:00+00:00 Asia/Shanghai
下季度日内瓦的会议 | 2027-01-01 | 2027-03-31 | - | Geneva | -
3月3日至7日 第17研究组 | 2027-03-03 | 2027-03-07 | SG17 | - | -
下周四SG21 | 2026-11-26 | 2026-11-26 | SG21 | - | -
@ 2026-11-22T10:00:00+00:00 Asia/Tokyo
来四半期のジュネーブの会合 | 2027-01-01 | 2027-03-31 | - | Geneva | -
3月3日から7日まで SG17 | 2027-03-03 | 2027-03-07 | SG17 | - | -
@ 2026-11-22T10:00:00+00:00 Africa/Cairo
اجتماعات لجنة الدراسات 17 في جنيف الربع القادم | 2027-01-01 | 2027-03-31 | SG17 | Geneva | -
"""
LEAST = 150


def rows() -> list[list[str]]:
    """Return the rows with their moment and zone."""
    found, moment, zone = [], "", ""
    for line in TABLE.strip("\n").splitlines():
        if line.startswith("@"):
            _, moment, zone = line.split()
        elif not line.startswith("#"):
            found.append([moment, zone, *line.split(" | ")])
    return found


@pytest.fixture(scope="module")
def calendar() -> Times:
    return Times()


@pytest.mark.parametrize("row", [pytest.param(row, id=f"{row[2]} at {row[0][:10]} {row[1]}") for row in rows()])
def test_a_lookup_means_this_window_and_these_filters(calendar: Times, row: list[str]) -> None:
    moment, zone, text, first, last, group, place, words = row
    meant = understand(text, calendar, datetime.fromisoformat(moment), zone).as_json()["understood"]
    said = {"from": first, "to": last, "group": group, "place": place}
    expected: dict[str, object] = {name: None if value == "-" else value for name, value in said.items()}
    assert meant == expected | {"words": [] if words == "-" else words.split()}


def test_the_table_is_as_long_as_it_has_to_be() -> None:
    assert len(rows()) >= LEAST
    assert len({row[2] for row in rows()}) >= LEAST - 10

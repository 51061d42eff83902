"""What people type, in ten languages, and the days it means."""

from datetime import UTC, date, datetime

import pytest

from adapters.language.times import Times
from bot.domain.ports import Period

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
"""A Tuesday."""

# Text, first day, last day; days without a year are of 2026, "-" is open.
TABLE = """
# English: dates
3 November 2026 | 2026-11-03 | 2026-11-03
3 Nov | 2026-11-03 | 2026-11-03
3rd of November | 2026-11-03 | 2026-11-03
November 3, 2026 | 2026-11-03 | 2026-11-03
Tuesday, 3 November 2026 | 2026-11-03 | 2026-11-03
2026-11-03 | 2026-11-03 | 2026-11-03
2026-11-03T10:30:00Z | 2026-11-03 | 2026-11-03
20261103 | 2026-11-03 | 2026-11-03
2026/11/03 | 2026-11-03 | 2026-11-03
3/11/2026 | 2026-11-03 | 2026-11-03
11/23/2026 | 2026-11-23 | 2026-11-23
3 Nov 26 | 2026-11-03 | 2026-11-03
9 March | 2027-03-09 | 2027-03-09
10 March | 2026-03-10 | 2026-03-10
29 February | 2028-02-29 | 2028-02-29
29 February 2028 | 2028-02-29 | 2028-02-29
# English: ranges
3-7 Nov 2026 | 2026-11-03 | 2026-11-07
3 – 7 November | 2026-11-03 | 2026-11-07
between 3 and 7 March | 2027-03-03 | 2027-03-07
between 9 and 11 March | 2026-03-09 | 2026-03-11
from 3 to 7 March | 2027-03-03 | 2027-03-07
from 3 to 7 April | 2026-04-03 | 2026-04-07
from Tuesday 3 to Friday 6 November 2026 | 2026-11-03 | 2026-11-06
March 3-7, 2027 | 2027-03-03 | 2027-03-07
April 3 to 7 | 2026-04-03 | 2026-04-07
28 Nov – 2 Dec 2026 | 2026-11-28 | 2026-12-02
28 December - 2 January | 2026-12-28 | 2027-01-02
28 Dec 2026 to 2 Jan | 2026-12-28 | 2027-01-02
28 Dec - 2 Jan 2028 | 2027-12-28 | 2028-01-02
2026-11-03/2026-11-07 | 2026-11-03 | 2026-11-07
2026-11-03 to 2026-12-04 | 2026-11-03 | 2026-12-04
6, 7 and 8 December | 2026-12-06 | 2026-12-08
April to June | 2026-04-01 | 2026-06-30
November to February | 2026-11-01 | 2027-02-28
from tomorrow to Friday | 2026-03-11 | 2026-03-13
Q2 to Q3 2027 | 2027-04-01 | 2027-09-30
2026-2028 | 2026-01-01 | 2028-12-31
2025-28 | 2025-01-01 | 2028-12-31
# English: months, quarters, seasons, years
in March | 2026-03-01 | 2026-03-31
in February | 2027-02-01 | 2027-02-28
March 2027 | 2027-03-01 | 2027-03-31
2027-03 | 2027-03-01 | 2027-03-31
mid-May 2027 | 2027-05-01 | 2027-05-31
Q1 2027 | 2027-01-01 | 2027-03-31
Q1 | 2026-01-01 | 2026-03-31
Q4 | 2026-10-01 | 2026-12-31
first quarter of 2027 | 2027-01-01 | 2027-03-31
next quarter | 2026-04-01 | 2026-06-30
this quarter | 2026-01-01 | 2026-03-31
second half of 2026 | 2026-07-01 | 2026-12-31
H1 2027 | 2027-01-01 | 2027-06-30
this summer | 2026-06-01 | 2026-08-31
summer 2027 | 2027-06-01 | 2027-08-31
in winter | 2026-12-01 | 2027-02-28
2027 | 2027-01-01 | 2027-12-31
in 2027 | 2027-01-01 | 2027-12-31
next year | 2027-01-01 | 2027-12-31
March next year | 2027-03-01 | 2027-03-31
next March | 2027-03-01 | 2027-03-31
last March | 2025-03-01 | 2025-03-31
# English: open ends
before summer | - | 2026-05-31
before 5 May | - | 2026-05-04
before the end of the year | - | 2026-12-31
by June | - | 2026-06-30
by 5 May | - | 2026-05-05
by summer | - | 2026-05-31
until 5 May | - | 2026-05-05
until the end of April | - | 2026-04-30
since 1 January | 2026-01-01 | -
since November | 2025-11-01 | -
from 1 June | 2026-06-01 | -
after 5 May | 2026-05-06 | -
# English: relative
today | 2026-03-10 | 2026-03-10
tomorrow | 2026-03-11 | 2026-03-11
day after tomorrow | 2026-03-12 | 2026-03-12
yesterday | 2026-03-09 | 2026-03-09
this week | 2026-03-09 | 2026-03-15
next week | 2026-03-16 | 2026-03-22
last week | 2026-03-02 | 2026-03-08
this month | 2026-03-01 | 2026-03-31
next month | 2026-04-01 | 2026-04-30
last month | 2026-02-01 | 2026-02-28
this year | 2026-01-01 | 2026-12-31
this weekend | 2026-03-14 | 2026-03-15
next weekend | 2026-03-21 | 2026-03-22
in two weeks | 2026-03-23 | 2026-03-29
in 3 days | 2026-03-13 | 2026-03-13
in a month | 2026-04-01 | 2026-04-30
next 10 days | 2026-03-10 | 2026-03-20
in the next two weeks | 2026-03-10 | 2026-03-24
within 3 months | 2026-03-10 | 2026-06-10
last 30 days | 2026-02-08 | 2026-03-10
2 weeks ago | 2026-02-23 | 2026-03-01
on Tuesday | 2026-03-10 | 2026-03-10
next Tuesday | 2026-03-17 | 2026-03-17
last Friday | 2026-03-06 | 2026-03-06
Wednesday next week | 2026-03-18 | 2026-03-18
week of 5 May | 2026-05-04 | 2026-05-10
the second week of June | 2026-06-08 | 2026-06-14
rest of the year | 2026-01-01 | 2026-12-31
week 20 | 2026-05-11 | 2026-05-17
week 2 of 2027 | 2027-01-11 | 2027-01-17
# French
3 novembre | 2026-11-03 | 2026-11-03
le 1er juin 2026 | 2026-06-01 | 2026-06-01
entre le 3 et le 7 mars | 2027-03-03 | 2027-03-07
du 3 au 7 novembre 2026 | 2026-11-03 | 2026-11-07
du 28 février au 2 mars | 2027-02-28 | 2027-03-02
du 28 décembre au 2 janvier | 2026-12-28 | 2027-01-02
en août | 2026-08-01 | 2026-08-31
aout 2027 | 2027-08-01 | 2027-08-31
T1 2027 | 2027-01-01 | 2027-03-31
premier trimestre 2027 | 2027-01-01 | 2027-03-31
le trimestre prochain | 2026-04-01 | 2026-06-30
la semaine prochaine | 2026-03-16 | 2026-03-22
le mois prochain | 2026-04-01 | 2026-04-30
cette semaine | 2026-03-09 | 2026-03-15
l'année prochaine | 2027-01-01 | 2027-12-31
les 10 prochains jours | 2026-03-10 | 2026-03-20
dans deux semaines | 2026-03-23 | 2026-03-29
aujourd'hui | 2026-03-10 | 2026-03-10
après-demain | 2026-03-12 | 2026-03-12
mardi prochain | 2026-03-17 | 2026-03-17
les deux prochaines semaines | 2026-03-10 | 2026-03-24
du lundi 2 au vendredi 6 novembre | 2026-11-02 | 2026-11-06
au cours du mois prochain | 2026-04-01 | 2026-04-30
d'ici la fin de l'année | - | 2026-12-31
avant l'été | - | 2026-05-31
d'ici juin | - | 2026-06-30
jusqu'au 5 mai | - | 2026-05-05
depuis le 1er janvier | 2026-01-01 | -
à partir du 5 mai | 2026-05-05 | -
la semaine du 5 mai | 2026-05-04 | 2026-05-10
# Spanish
3 de noviembre de 2026 | 2026-11-03 | 2026-11-03
del 3 al 7 de noviembre de 2026 | 2026-11-03 | 2026-11-07
entre el 3 y el 7 de abril | 2026-04-03 | 2026-04-07
la próxima semana | 2026-03-16 | 2026-03-22
la semana que viene | 2026-03-16 | 2026-03-22
el próximo mes | 2026-04-01 | 2026-04-30
el mes que viene | 2026-04-01 | 2026-04-30
este año | 2026-01-01 | 2026-12-31
próximo trimestre | 2026-04-01 | 2026-06-30
los próximos 10 días | 2026-03-10 | 2026-03-20
antes del verano | - | 2026-05-31
hasta el 5 de mayo | - | 2026-05-05
desde el 5 de mayo | 2026-05-05 | -
pasado mañana | 2026-03-12 | 2026-03-12
dentro de dos semanas | 2026-03-23 | 2026-03-29
# Portuguese
3 de março de 2027 | 2027-03-03 | 2027-03-03
de 3 a 7 de novembro | 2026-11-03 | 2026-11-07
entre 3 e 7 de abril | 2026-04-03 | 2026-04-07
próximo mês | 2026-04-01 | 2026-04-30
na próxima semana | 2026-03-16 | 2026-03-22
a semana que vem | 2026-03-16 | 2026-03-22
antes do verão | - | 2026-05-31
até ao final do ano | - | 2026-12-31
até 5 de maio | - | 2026-05-05
amanhã | 2026-03-11 | 2026-03-11
# German
3.11.2026 | 2026-11-03 | 2026-11-03
3.11. | 2026-11-03 | 2026-11-03
am 3. November | 2026-11-03 | 2026-11-03
vom 3. bis 7. März | 2027-03-03 | 2027-03-07
3.-7.11.2026 | 2026-11-03 | 2026-11-07
zwischen dem 3. und 7. April | 2026-04-03 | 2026-04-07
28.11. bis 2.12.2026 | 2026-11-28 | 2026-12-02
im März | 2026-03-01 | 2026-03-31
nächste Woche | 2026-03-16 | 2026-03-22
nächsten Monat | 2026-04-01 | 2026-04-30
im nächsten Quartal | 2026-04-01 | 2026-06-30
1. Quartal 2027 | 2027-01-01 | 2027-03-31
nächstes Jahr | 2027-01-01 | 2027-12-31
in zwei Wochen | 2026-03-23 | 2026-03-29
die nächsten 10 Tage | 2026-03-10 | 2026-03-20
vor dem Sommer | - | 2026-05-31
vor zwei Wochen | 2026-02-23 | 2026-03-01
bis 5. Mai | - | 2026-05-05
ab 5. Mai | 2026-05-05 | -
übermorgen | 2026-03-12 | 2026-03-12
KW 20 | 2026-05-11 | 2026-05-17
bis Ende des Jahres | - | 2026-12-31
Ende März | 2026-03-01 | 2026-03-31
# Italian
dal 3 al 7 novembre 2026 | 2026-11-03 | 2026-11-07
la prossima settimana | 2026-03-16 | 2026-03-22
il mese prossimo | 2026-04-01 | 2026-04-30
entro maggio | - | 2026-05-31
# Russian
3 ноября 2026 г. | 2026-11-03 | 2026-11-03
с 3 по 7 марта | 2027-03-03 | 2027-03-07
с 28 ноября по 2 декабря 2026 года | 2026-11-28 | 2026-12-02
между 3 и 7 апреля | 2026-04-03 | 2026-04-07
в марте 2027 года | 2027-03-01 | 2027-03-31
на следующей неделе | 2026-03-16 | 2026-03-22
в следующем месяце | 2026-04-01 | 2026-04-30
в этом году | 2026-01-01 | 2026-12-31
в будущем году | 2027-01-01 | 2027-12-31
через две недели | 2026-03-23 | 2026-03-29
ближайшие 10 дней | 2026-03-10 | 2026-03-20
в 1 квартале 2027 | 2027-01-01 | 2027-03-31
до лета | - | 2026-05-31
до 5 мая | - | 2026-05-05
завтра | 2026-03-11 | 2026-03-11
# Chinese
11月3日 | 2026-11-03 | 2026-11-03
2026年11月3日 | 2026-11-03 | 2026-11-03
十一月三日 | 2026-11-03 | 2026-11-03
11月3號 | 2026-11-03 | 2026-11-03
3月3日至7日 | 2027-03-03 | 2027-03-07
从4月3日到7日 | 2026-04-03 | 2026-04-07
2026年11月28日至12月2日 | 2026-11-28 | 2026-12-02
3月 | 2026-03-01 | 2026-03-31
明年3月 | 2027-03-01 | 2027-03-31
二〇二七年三月 | 2027-03-01 | 2027-03-31
2027年第一季度 | 2027-01-01 | 2027-03-31
下季度 | 2026-04-01 | 2026-06-30
下周 | 2026-03-16 | 2026-03-22
下週 | 2026-03-16 | 2026-03-22
年底前 | - | 2026-12-31
从下周到月底 | 2026-03-16 | 2026-03-31
下周三 | 2026-03-18 | 2026-03-18
下个月 | 2026-04-01 | 2026-04-30
下個月 | 2026-04-01 | 2026-04-30
明年 | 2027-01-01 | 2027-12-31
两周后 | 2026-03-23 | 2026-03-29
未来10天 | 2026-03-10 | 2026-03-20
夏天之前 | - | 2026-05-31
5月5日之前 | - | 2026-05-04
明天 | 2026-03-11 | 2026-03-11
下半年 | 2026-07-01 | 2026-12-31
# Japanese
2026年11月3日(火) | 2026-11-03 | 2026-11-03
3月3日から7日まで | 2027-03-03 | 2027-03-07
11月28日〜12月2日 | 2026-11-28 | 2026-12-02
来週 | 2026-03-16 | 2026-03-22
来月 | 2026-04-01 | 2026-04-30
来年 | 2027-01-01 | 2027-12-31
来週の火曜日 | 2026-03-17 | 2026-03-17
今後10日間 | 2026-03-10 | 2026-03-20
5月5日まで | - | 2026-05-05
5月5日から | 2026-05-05 | -
第1四半期 | 2026-01-01 | 2026-03-31
明後日 | 2026-03-12 | 2026-03-12
２０２６年１１月３日 | 2026-11-03 | 2026-11-03
# Arabic
3 نوفمبر 2026 | 2026-11-03 | 2026-11-03
٣ نوفمبر ٢٠٢٦ | 2026-11-03 | 2026-11-03
من 3 إلى 7 مارس | 2027-03-03 | 2027-03-07
بين 3 و 7 أبريل | 2026-04-03 | 2026-04-07
بين ٣ و٧ أبريل | 2026-04-03 | 2026-04-07
في مارس | 2026-03-01 | 2026-03-31
الأسبوع القادم | 2026-03-16 | 2026-03-22
الشهر القادم | 2026-04-01 | 2026-04-30
الشهر المقبل | 2026-04-01 | 2026-04-30
العام القادم | 2027-01-01 | 2027-12-31
الربع الأول 2027 | 2027-01-01 | 2027-03-31
بعد أسبوعين | 2026-03-23 | 2026-03-29
خلال 10 أيام | 2026-03-10 | 2026-03-20
قبل الصيف | - | 2026-05-31
حتى 5 مايو | - | 2026-05-05
غدا | 2026-03-11 | 2026-03-11
"""


def rows() -> list[tuple[str, Period]]:
    lines = [line.split(" | ") for line in TABLE.strip().splitlines() if not line.startswith("#")]
    return [(text, Period(first=_day(first), last=_day(last))) for text, first, last in lines]


def _day(text: str) -> date | None:
    return None if text == "-" else date.fromisoformat(text)


@pytest.fixture(scope="module")
def times() -> Times:
    return Times(languages=())


@pytest.mark.parametrize(("text", "period"), [pytest.param(*row, id=row[0]) for row in rows()])
def test_a_time_means_these_days(times: Times, text: str, period: Period) -> None:
    reading = times.read(text, now=NOW, zone="Europe/Zurich")
    assert (reading.period, reading.rest) == (period, "")


@pytest.mark.parametrize(("text", "period"), [pytest.param(*row, id=row[0]) for row in rows()])
def test_case_and_what_stands_around_a_time_make_no_difference(times: Times, text: str, period: Period) -> None:
    reading = times.read(f"TSAG {text.upper()}, lamp posts", now=NOW, zone="Europe/Zurich")
    assert reading.period == period
    assert reading.rest.split() in (["TSAG", "lamp", "posts"], ["TSAG", ",", "lamp", "posts"])


def test_the_table_is_as_long_as_it_is_said_to_be() -> None:
    assert len(rows()) >= 150

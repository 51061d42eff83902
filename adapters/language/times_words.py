"""What people type for times, as data.

English, French, Spanish, Portuguese, German, Italian, Russian, Chinese (both scripts), Japanese, Arabic.

Each entry gives a kind (one letter, see KINDS), a value, and the forms that have them, separated by commas. Forms are
folded when the lexicon is built, so accents and case here are for the reader. A form is any number of words.
"""

from collections.abc import Mapping
from enum import IntEnum


class Unit(IntEnum):
    """A calendar unit."""

    DAY = 1
    WEEK = 2
    WEEKEND = 3
    MONTH = 4
    QUARTER = 5
    HALF = 6
    YEAR = 7


KINDS: Mapping[str, str] = {
    "m": "a month; value 1 to 12",
    "M": "a month only beside a day, for it is also a common word",
    "w": "a weekday; 0 is Monday",
    "u": "a unit",
    "r": "this (0), next (1), last (-1)",
    "d": "a day counted from today",
    "c": "a number in letters",
    "k": "an ordinal in letters",
    "q": "a quarter by its number",
    "h": "a half-year by its number",
    "e": "a season; value is its first month",
    "i": "in, on, the: says nothing about when",
    "o": "of",
    "f": "from",
    "s": "since",
    "t": "to",
    "a": "and",
    "b": "between",
    "l": "until, by: the day itself counts",
    "B": "before",
    "A": "after; with a count: in",
    "g": "ago",
    "j": "within",
    "E": "the end, middle or beginning of",
    "S": "behind its word: from",
    "L": "behind its word: until",
    "v": "behind its word: before; with a count: ago",
    "V": "behind its word: after; with a count: in",
    "J": "behind its word: within",
    "G": "month sign",
    "H": "day sign",
    "Y": "year sign",
    "z": "noise",
    "x": "no time, though it holds a word for one",
}

Meaning = tuple[tuple[str, int], ...]

MONTHS: Mapping[int, str] = {
    1: "January, Jan, janvier, janv, enero, ene, janeiro, Januar, Jänner, gennaio, gen, "
    "январь, января, январе, январю, янв, يناير, كانون الثاني, جانفي",
    2: "February, Feb, février, févr, fév, febrero, fevereiro, fev, Februar, Feber, febbraio, "
    "февраль, февраля, феврале, февралю, фев, февр, فبراير, شباط, فيفري",
    3: "March, Mar, mars, marzo, março, März, Mrz, март, марта, марте, марту, مارس, آذار",
    4: "April, Apr, avril, avr, abril, abr, aprile, апрель, апреля, апреле, апрелю, апр, أبريل, إبريل, نيسان, أفريل",
    5: "May, mai, mayo, maio, maggio, mag, май, мая, мае, маю, مايو, أيار, ماي",
    6: "June, Jun, juin, junio, junho, Juni, giugno, giu, июнь, июня, июне, июню, июн, يونيو, يونيه, حزيران, جوان",
    7: "July, Jul, juillet, juil, julio, julho, Juli, luglio, lug, "
    "июль, июля, июле, июлю, июл, يوليو, يوليه, تموز, جويلية",
    8: "August, Aug, août, agosto, август, августа, августе, августу, авг, أغسطس, آب, أوت",
    9: "September, Sep, Sept, septembre, septiembre, setiembre, setembro, settembre, "
    "сентябрь, сентября, сентябре, сентябрю, сен, сент, سبتمبر, أيلول",
    10: "October, Oct, octobre, octubre, outubro, Oktober, Okt, ottobre, ott, "
    "октябрь, октября, октябре, октябрю, окт, أكتوبر, تشرين الأول",
    11: "November, Nov, novembre, noviembre, novembro, ноябрь, ноября, ноябре, ноябрю, ноя, نوفمبر, تشرين الثاني",
    12: "December, Dec, décembre, déc, diciembre, dic, dezembro, dez, Dezember, Dez, dicembre, "
    "декабрь, декабря, декабре, декабрю, дек, ديسمبر, كانون الأول",
}

DOUBTFUL_MONTHS: Mapping[int, str] = {9: "set", 10: "out"}

WEEKDAYS: Mapping[int, str] = {
    0: "Monday, Mondays, Mon, lundi, lunes, segunda-feira, Montag, lunedì, понедельник, понедельника, الاثنين, "
    "الإثنين, 月曜日, 月曜",
    1: "Tuesday, Tuesdays, Tue, Tues, mardi, martes, terça-feira, Dienstag, martedì, вторник, вторника, الثلاثاء, "
    "火曜日, 火曜",
    2: "Wednesday, Wednesdays, Wed, mercredi, miércoles, quarta-feira, Mittwoch, mercoledì, среда, среду, среды, "
    "الأربعاء, 水曜日, 水曜",
    3: "Thursday, Thursdays, Thu, Thur, Thurs, jeudi, jueves, quinta-feira, Donnerstag, giovedì, четверг, "
    "четверга, الخميس, 木曜日, 木曜",
    4: "Friday, Fridays, Fri, vendredi, viernes, sexta-feira, Freitag, venerdì, пятница, пятницу, пятницы, "
    "الجمعة, 金曜日, 金曜",
    5: "Saturday, Saturdays, Sat, samedi, sábado, Samstag, Sonnabend, sabato, суббота, субботу, субботы, السبت, "
    "土曜日, 土曜",
    6: "Sunday, Sundays, Sun, dimanche, domingo, Sonntag, domenica, воскресенье, воскресенья, الأحد, 日曜日, 日曜",
}

UNITS: Mapping[int, str] = {
    Unit.DAY: "day, days, jour, jours, día, días, Tag, Tage, Tagen, giorno, giorni, день, дня, дней, "
    "يوم, أيام, الأيام, 天, 日間",
    Unit.WEEK: "week, weeks, semaine, semaines, semana, semanas, Woche, Wochen, KW, settimana, settimane, "
    "неделя, неделе, недели, неделю, недель, "
    "أسبوع, الأسبوع, أسابيع, الأسابيع, 周, 週, 星期, 礼拜, 禮拜, 週間, 个星期, 個星期",
    Unit.WEEKEND: "weekend, weekends, week-end, fin de semana, fim de semana, Wochenende, fine settimana, "
    "выходные, выходных, عطلة نهاية الأسبوع, 周末, 週末",
    Unit.MONTH: "month, months, mois, mes, meses, mês, Monat, Monate, Monaten, Monats, mese, mesi, "
    "месяц, месяца, месяце, месяцев, شهر, الشهر, أشهر, الأشهر, شهور, 个月, 個月, か月, ヶ月, カ月, 箇月",
    Unit.QUARTER: "quarter, quarters, trimestre, trimestres, Quartal, Quartals, Quartale, Vierteljahr, trimestri, "
    "квартал, квартала, квартале, кварталов, ربع, الربع, 季度, 四半期",
    Unit.HALF: "half, semestre, Halbjahr, Halbjahres, semester, полугодие, полугодии, полугодия, النصف, 半期",
    Unit.YEAR: "year, years, année, années, ans, año, años, ano, anos, Jahr, Jahre, Jahren, Jahres, anno, anni, "
    "год, года, году, лет, سنة, السنة, عام, العام, سنوات",
}

RELATIVES: Mapping[int, str] = {
    1: "next, coming, following, prochain, prochaine, prochains, prochaines, à venir, qui vient, "
    "próximo, próxima, próximos, próximas, que viene, que vem, siguiente, seguinte, "
    "nächste, nächster, nächsten, nächstes, nächstem, kommende, kommender, kommenden, kommendes, "
    "prossimo, prossima, prossimi, prossime, che viene, "
    "следующий, следующая, следующее, следующего, следующей, следующем, следующую, следующие, следующих, "
    "будущий, будущего, будущей, будущем, ближайшие, ближайших, "
    "القادم, القادمة, المقبل, المقبلة, التالي, التالية, "
    "未来, 未來, 接下来, 接下來, 今後, 次の, 下个, 下個, 下一个, 下一個",
    0: "this, current, ce, cet, cette, en cours, este, esta, en curso, neste, nesta, "
    "diese, dieser, dieses, diesem, diesen, laufende, laufenden, laufendes, questo, questa, in corso, "
    "этот, эта, этой, этом, эту, этого, текущий, текущего, текущем, هذا, هذه, الحالي, الحالية, الجاري, "
    "这个, 這個, 本, 这, 這",
    -1: "last, past, previous, dernier, dernière, derniers, dernières, passé, passée, pasado, pasada, "
    "último, última, últimos, últimas, passado, passada, letzte, letzter, letzten, letztes, letztem, "
    "vergangene, vergangenen, scorso, scorsa, scorsi, прошлый, прошлая, прошлого, прошлой, прошлом, прошлую, "
    "последние, последних, الماضي, الماضية, المنصرم, 过去, 過去, 上个, 上個",
}

TOGETHER: Mapping[Meaning, str] = {
    (("r", 0), ("u", Unit.WEEK)): "本周, 本週, 这周, 這週, 這周, 今週, 本星期, 这星期, 這星期",
    (("r", 1), ("u", Unit.WEEK)): "下周, 下週, 下星期, 下礼拜, 下禮拜, 来週, 翌週, 次週",
    (("r", 2), ("u", Unit.WEEK)): "下下周, 下下週, 再来週, übernächste Woche, übernächster Woche",
    (("r", -1), ("u", Unit.WEEK)): "上周, 上週, 上星期, 先週",
    (("r", 0), ("u", Unit.MONTH)): "本月, 这月, 这个月, 這個月, 今月, 当月",
    (("r", 1), ("u", Unit.MONTH)): "下月, 下个月, 下個月, 来月, 翌月",
    (("r", 2), ("u", Unit.MONTH)): "下下个月, 下下個月, 再来月, übernächsten Monat, übernächster Monat",
    (("r", -1), ("u", Unit.MONTH)): "上月, 上个月, 上個月, 先月",
    (("r", 0), ("u", Unit.QUARTER)): "本季度, 本季, 今四半期, 今期",
    (("r", 1), ("u", Unit.QUARTER)): "下季度, 下季, 下个季度, 下個季度, 来四半期, 翌四半期, 来期",
    (("r", -1), ("u", Unit.QUARTER)): "上季度, 上季, 上个季度, 上個季度, 前四半期",
    (("r", 0), ("u", Unit.YEAR)): "今年, 本年, 本年度, deste ano",
    (("r", 1), ("u", Unit.YEAR)): "明年, 来年, 翌年, l'an prochain, an prochain",
    (("r", 2), ("u", Unit.YEAR)): "后年, 後年, 再来年",
    (("r", -1), ("u", Unit.YEAR)): "去年, 昨年, l'an dernier, an dernier",
    (("r", 0), ("u", Unit.WEEKEND)): "本周末, 这周末, 這週末, 今週末",
    (("r", 1), ("u", Unit.WEEKEND)): "下周末, 下週末, 来週末",
    (("c", 2), ("u", Unit.DAY)): "يومين",
    (("c", 2), ("u", Unit.WEEK)): "أسبوعين, fortnight, quinzaine",
    (("c", 2), ("u", Unit.MONTH)): "شهرين",
    (("c", 2), ("u", Unit.YEAR)): "سنتين, عامين",
    (("k", 1), ("u", Unit.QUARTER)): "I квартал, I квартала, I квартале",
    (("E", 0), ("u", Unit.MONTH)): "月底, 月末, month-end",
    (("E", 0), ("u", Unit.YEAR)): "年底, 年末, year-end",
    (("k", 1), ("u", Unit.HALF)): "上半年, 上半期, 上期",
    (("k", 2), ("u", Unit.HALF)): "下半年, 下半期, 下期",
}

DAYS: Mapping[int, str] = {
    0: "today, tonight, aujourd'hui, hoy, hoje, heute, oggi, сегодня, اليوم, 今天, 今日, 本日",
    1: "tomorrow, demain, mañana, amanhã, morgen, domani, завтра, غدا, غد, الغد, 明天, 明日",
    2: "day after tomorrow, après-demain, pasado mañana, depois de amanhã, übermorgen, dopodomani, послезавтра, "
    "بعد غد, 后天, 後天, 明後日, あさって",
    -1: "yesterday, hier, ayer, ontem, gestern, ieri, вчера, أمس, 昨天, 昨日",
}

COUNTS: Mapping[int, str] = {
    1: "one, un, une, una, um, uma, ein, eine, einem, einer, einen, один, одну, одна, واحد, واحدة",
    2: "two, couple of, deux, dos, dois, duas, zwei, due, два, две, двух, اثنين, اثنان",
    3: "three, trois, tres, três, drei, tre, три, трех, ثلاثة, ثلاث, الثلاثة",
    4: "four, quatre, cuatro, quatro, vier, quattro, четыре, четырех, أربعة, أربع",
    5: "five, cinq, cinco, fünf, cinque, пять, пяти, خمسة, خمس",
    6: "six, seis, sechs, sei, шесть, шести, ستة, ست",
    7: "seven, siete, sete, sieben, sette, семь, семи, سبعة, سبع, السبعة",
    8: "eight, huit, ocho, oito, acht, otto, восемь, восьми, ثمانية, ثماني",
    9: "nine, neuf, nueve, nove, neun, девять, девяти, تسعة, تسع",
    10: "ten, dix, diez, dez, zehn, dieci, десять, десяти, عشرة, عشر, العشرة",
    12: "twelve, douze, doce, doze, zwölf, dodici, двенадцать",
    14: "fourteen, catorce, quatorze, vierzehn",
    15: "fifteen, quinze, quince, fünfzehn",
}

ORDINALS: Mapping[int, str] = {
    1: "first, premier, première, primer, primero, primeiro, erste, ersten, erstes, primo, первый, первом, "
    "первого, первое, الأول, الأولى",
    2: "second, deuxième, segundo, segunda, zweite, zweiten, zweites, secondo, второй, втором, второго, второе, "
    "الثاني, الثانية, II",
    3: "third, troisième, tercer, tercero, terceiro, dritte, dritten, drittes, terzo, третий, третьем, третьего, "
    "الثالث, III",
    4: "fourth, quatrième, cuarto, quarto, vierte, vierten, viertes, четвертый, четвертом, четвертого, الرابع, IV",
}

SEASONS: Mapping[int, str] = {
    3: "spring, springtime, printemps, primavera, Frühling, Frühjahr, весна, весной, весны, весну, весне, "
    "الربيع, ربيع, 春季, 春天, 春",
    6: "summer, summertime, été, verano, verão, Sommer, Sommers, estate, лето, летом, лета, лету, الصيف, صيف, "
    "夏季, 夏天, 夏",
    9: "autumn, fall, automne, otoño, outono, Herbst, Herbstes, autunno, осень, осенью, осени, الخريف, خريف, "
    "秋季, 秋天, 秋",
    12: "winter, wintertime, hiver, invierno, inverno, Winters, зима, зимой, зимы, зиму, зиме, الشتاء, شتاء, "
    "冬季, 冬天, 冬",
}

PARTICLES: Mapping[str, str] = {
    "i": "in, on, at, during, the, over, en, dans, le, la, les, l, pendant, durant, courant, el, los, las, durante, "
    "em, no, na, nos, nas, o, os, as, im, am, der, die, das, den, dem, des, während, il, lo, nel, nella, nell, "
    "в, во, на, في, 在, 于, 於",
    "o": "of, de, d, du, do, da, dos, del, della, dell, dei, delle, di, von, vom, 的, の",
    "f": "from, starting, starting from, as of, à partir de, à partir du, dès le, dès la, desde, a partir de, "
    "a partir del, a partir do, ab, dal, dalla, с, со, от, من, ابتداء من, 从, 從, 自",
    "s": "since, depuis, depuis le, seit, da quando, начиная с, منذ, 自从, 自從",
    "t": "to, au, aux, à, a, al, ao, alla, по, إلى, الى, 到, 至",
    "a": "and, et, y, e, und, и, و, 和, 与, 與, と",
    "b": "between, entre, zwischen, tra, fra, между, بين, 介于, 介於",
    "l": "until, till, til, by, through, up to, up until, not later than, no later than, jusqu'à, jusqu'au, jusque, "
    "d'ici, d'ici à, d'ici au, d'ici le, d'ici la, "
    "hasta, hasta el, até, até ao, até o, bis, bis zum, bis zur, "
    "entro, fino a, fino al, до, к, ко, не позднее, حتى, حتي, لغاية, 截至, 截止",
    "B": "before, prior to, ahead of, avant, avant le, avant l, antes, antes de, antes del, antes do, antes da, vor, "
    "prima di, prima del, prima dell, перед, قبل",
    "A": "after, après, después, después de, después del, depois, depois de, depois do, nach, dopo, после, через, "
    "بعد, dentro de, daqui a",
    "g": "ago, il y a, hace, há, fa, назад",
    "j": "within, over the, inside, innerhalb, innerhalb von, au cours de, au cours du, в течение, في غضون, خلال",
    "E": "rest, the rest, final, o final, "
    "end, the end, beginning, the beginning, start, the start, middle, the middle, mid, early, late, fin, début, "
    "mi, finales, principios, mediados, fines, fim, início, meados, Ende, Anfang, Mitte, fine, inizio, metà, "
    "конец, конце, конца, концу, начало, начале, начала, середина, середине, نهاية, بداية, أواخر, أوائل, منتصف",
    "S": "から, 以降, 以来, 以來, 开始, 開始, 起, よりあと",
    "L": "まで, までに, までの, 为止, 為止, 之内, まてに",
    "v": "前, 之前, 以前, 前に, より前, の前, の前に, 以前に",
    "V": "后, 後, 之后, 之後, 以后, 以後, 後に, のあと",
    "J": "内, 以内, 內, 以內, 以内に",
    "G": "月, 月份",
    "H": "日, 号, 號",
    "Y": "年, 年の, г, гг, 年度",
    "z": "第, 底, 初, 末, 中旬, 上旬, 下旬, 期间, 期間, 中に, 中, に, は, 里, 份",
    "x": "Rio de Janeiro, Río de Janeiro",
}

DOUBTFUL = frozenset(["may", "mar", "mag", "gen", "mon", "sun", "sat", "wed", "fall", "spring", "estate"])
"""Words that mean a time beside another one, and may mean something else alone."""

FALLBACK_LANGUAGES = ("nl", "pl", "uk", "tr", "sv", "cs", "ro", "ko")
"""Languages that we have no tables for: only these are left to dateparser."""

"""Words of a meeting lookup, as data: how groups are called, where meetings are, and what says nothing.

English, French, Spanish, Portuguese, German, Italian, Russian, Chinese, Japanese, Arabic. Forms are folded before use.
"""

from collections.abc import Mapping

STUDY_GROUP = (
    "SG, study group, study groups, commission d'études, commission d'etudes, CE, comisión de estudio, "
    "comissão de estudo, comissão de estudos, Studienkommission, Studiengruppe, commissione di studio, "
    "ИК, исследовательская комиссия, исследовательской комиссии, لجنة الدراسات, 研究组, 研究組, 研究委員会"
)
WORKING_PARTY = "WP, working party, GT, groupe de travail, grupo de trabajo, Arbeitsgruppe, РГ, рабочая группа, 工作组"
QUESTION = "Q, question, cuestión, questão, Frage, вопрос, вопросу, المسألة, 课题, 課題"

NAMED: Mapping[str, str] = {
    "TSAG": "TSAG, GCNT, GANT, КГСЭ",
    "RAG": "RAG",
    "TDAG": "TDAG",
    "WTSA": "WTSA, AMNT, ВАСЭ",
    "WRC": "WRC, CMR",
    "WTDC": "WTDC, CMDT",
    "JVET": "JVET",
    "SCV": "SCV",
}
"""Groups with a name of their own; a year may follow: WTSA-28."""

PLACES: Mapping[str, str] = {
    "Geneva": "Geneva, Genève, Genf, Ginebra, Genebra, Ginevra, Женева, Женеве, Женеву, Женевы, 日内瓦, 日內瓦, "
    "ジュネーブ, ジュネーヴ, جنيف",
    "online": "online, e-meeting, e-meetings, emeeting, virtual, virtually, remote, remotely, en ligne, virtuel, "
    "virtuelle, virtuelles, virtuellen, à distance, Online-Sitzung, Online-Sitzungen, Online-Treffen, Online-Meetings, "
    "en línea, virtuales, virtuais, a distancia, virtuali, on-line, онлайн, онлайн-собрание, онлайн-собрания, "
    "онлайн-заседание, онлайн-заседания, онлайн-встреча, онлайн-встречи, виртуально, виртуальное, виртуальные, "
    "виртуальных, дистанционно, 线上, 線上, 在线, 在線, 远程, 遠程, オンライン, リモート, "
    "عبر الإنترنت, عن بعد, افتراضي, افتراضية, الافتراضي, الافتراضية",
    "New Delhi": "New Delhi, Nueva Delhi, Nova Deli, Neu-Delhi, Нью-Дели, 新德里, ニューデリー, نيودلهي",
    "Beijing": "Beijing, Pékin, Pekín, Pequim, Peking, Pechino, Пекин, Пекине, 北京, بيجين, بكين",
    "Shanghai": "Shanghai, Шанхай, Шанхае, 上海, شنغهاي",
    "Shenzhen": "Shenzhen, Шэньчжэнь, 深圳",
    "Tokyo": "Tokyo, Tokio, Tóquio, Токио, 东京, 東京, طوكيو",
    "Seoul": "Seoul, Séoul, Seúl, Seul, Сеул, Сеуле, 首尔, 首爾, ソウル, سول",
    "Singapore": "Singapore, Singapour, Singapur, Singapura, Сингапур, Сингапуре, 新加坡, シンガポール, سنغافورة",
    "Dubai": "Dubai, Dubaï, Dubái, Дубай, Дубае, 迪拜, 杜拜, ドバイ, دبي",
    "Doha": "Doha, Доха, 多哈, الدوحة",
    "Riyadh": "Riyadh, Riyad, Riad, Эр-Рияд, 利雅得, リヤド, الرياض",
    "Cairo": "Cairo, Le Caire, El Cairo, Kairo, Каир, Каире, 开罗, 開羅, カイロ, القاهرة",
    "Tunis": "Tunis, Túnez, Тунис, 突尼斯, チュニス, تونس",
    "Nairobi": "Nairobi, Найроби, 内罗毕, ナイロビ, نيروبي",
    "Kigali": "Kigali, Кигали, 基加利, キガリ, كيغالي",
    "Paris": "Paris, París, Parigi, Париж, Париже, 巴黎, パリ, باريس",
    "London": "London, Londres, Londra, Лондон, Лондоне, 伦敦, 倫敦, ロンドン, لندن",
    "Berlin": "Berlin, Berlín, Berlim, Berlino, Берлин, Берлине, 柏林, ベルリン, برلين",
    "Vienna": "Vienna, Vienne, Viena, Wien, Вена, Вене, 维也纳, ウィーン, فيينا",
    "Rome": "Rome, Roma, Rom, Рим, Риме, 罗马, 羅馬, ローマ, روما",
    "Madrid": "Madrid, Мадрид, Мадриде, 马德里, マドリード, مدريد",
    "Lisbon": "Lisbon, Lisbonne, Lisboa, Lissabon, Лиссабон, 里斯本, リスボン, لشبونة",
    "Bucharest": "Bucharest, Bucarest, Bukarest, Бухарест, Бухаресте, 布加勒斯特, ブカレスト, بوخارست",
    "Moscow": "Moscow, Moscou, Moscú, Moskau, Москва, Москве, 莫斯科, モスクワ, موسكو",
    "Montreal": "Montreal, Montréal, Монреаль, 蒙特利尔, モントリオール, مونتريال",
    "New York": "New York, Nueva York, Nova York, Nova Iorque, Нью-Йорк, 纽约, 紐約, ニューヨーク, نيويورك",
    "Washington": "Washington, Вашингтон, 华盛顿, ワシントン, واشنطن",
    "Buenos Aires": "Buenos Aires, Буэнос-Айрес, 布宜诺斯艾利斯, ブエノスアイレス",
    "Brasilia": "Brasilia, Brasília, Бразилиа, 巴西利亚",
    "Rio de Janeiro": "Rio de Janeiro, Río de Janeiro, Рио-де-Жанейро, 里约热内卢, リオデジャネイロ",
    "Bangkok": "Bangkok, Бангкок, 曼谷, バンコク, بانكوك",
    "Switzerland": "Switzerland, Suisse, Suiza, Suíça, Schweiz, Svizzera, Швейцария, Швейцарии, 瑞士, スイス, سويسرا",
    "China": "China, Chine, Cina, Китай, Китае, 中国, 中國, الصين",
    "India": "India, Inde, Índia, Indien, Индия, Индии, 印度, インド, الهند",
    "Japan": "Japan, Japon, Japón, Japão, Giappone, Япония, Японии, 日本, اليابان",
}
"""Usual venues: the name that ITU writes in English, and what people type for it."""

SEARCHED: Mapping[str, tuple[str, ...]] = {
    "Geneva": ("genev",),  # Geneva and Genève
    "online": ("e-meeting", "online", "virtual", "remote"),
}
"""What is looked for instead of a place's name where sources write it in several ways; one of them must occur."""

PREPOSITIONS = frozenset(["in", "at", "à", "en", "em", "dans", "в", "во", "في", "在", "bei", "near"])
ARTICLES = frozenset(["the", "la", "le", "el", "der", "den", "il", "o", "os", "les"])
NO_PLACES = frozenset(
    ["person", "presence", "english", "french", "general", "particular", "progress", "total", "short"]
)

STOP_WORDS = (
    "meeting meetings session sessions sitting event events all any every the a an of and or for on about by with to "
    "from at in into what which when where who is are there will be was were do does has have i we my our me us show "
    "list find give get tell please upcoming coming next following future planned scheduled held happening taking "
    "place during between within this these any hold going later early late rest each every everything anything "
    "tout toute tous toutes todo toda todos todas tudo alle alles tutto tutti tutte все всё كل جميع "
    "ces cette cours "
    "réunion réunions séance séances session sessions les des de du la le l d à au aux et ou sur pour quelle quelles "
    "quel quels est sont prochaine prochaines prochain prochains que qui quand y a t il elle en dans une un ont lieu "
    "se tient tiennent tenue avec par "
    "reunión reuniones sesión sesiones los las el del al y o sobre para cuáles cuál cuándo qué hay es son próxima "
    "próximas próximo próximos con por una unas unos se celebran "
    "reunião reuniões sessão sessões os as do da dos das no na nos nas em e ou quais qual quando há são próximas com "
    "Sitzung Sitzungen Tagung Tagungen Treffen Termin Termine der die das den dem des und oder von vom zu zum zur "
    "über für welche welcher wann gibt es ist sind nächste nächsten im am um bei mit ein eine findet finden statt "
    "riunione riunioni sessione sessioni il lo gli i dei delle della di da su per quali quando sono con "
    "заседание заседания заседаний собрание собрания собраний встреча встречи встреч совещание совещания в во на и "
    "или по о об для какие какая когда где есть будет будут ближайшие с со от из "
    "اجتماع اجتماعات الاجتماع الاجتماعات جلسة جلسات في على من إلى عن و أو ما متى هي هل القادمة القادم"
)
"""What says nothing about which meetings."""

HAN_STOP_WORDS = (
    "有什么 有哪些 哪些 什么 什麼 会议 會議 会議 会合 會期 会期 开会 開會 举行 舉行 召开 召開 举办 舉辦 开催 開催 "
    "予定 預定 关于 關於 有关 有關 に関する についての について 的 之 在 于 於 和 与 與 の を で は が に と から まで "
    "ある する される 有 请 列出 查询 全部 所有 ミーティング 次の 次回"
)
"""The same in scripts without spaces, where they are cut out of the run; single kana only at its ends."""

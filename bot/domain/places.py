"""Names of places and bodies that the news of this field keeps naming, in the languages it is written in.

One ends with a semicolon: first its term, after the country it lies in if it is a town; then how it is written in
English, French, German, Spanish, Portuguese, Italian, Russian, Chinese, Japanese, Arabic, Korean and Turkish where
that differs. Capitals are acronyms.
"""

PLACES = """
china, Chine, Chinese, chinois, chinoise, China, chino, chinesisch, Kina, Китай, Китая, Китае,
    китайский, китайская, 中国, 中國, الصين, 중국, Çin;
usa, United States, US, U.S., États-Unis, USA, EUA, EEUU, Estados Unidos, Stati Uniti,
    Vereinigte Staaten, США, 美国, 美國, 米国, アメリカ, الولايات المتحدة, 미국, ABD;
uk, United Kingdom, UK, Britain, British, Royaume-Uni, Großbritannien, Vereinigtes Königreich,
    Reino Unido, Regno Unito, Великобритания, Британия, 英国, 英國, イギリス, بريطانيا, المملكة
    المتحدة, 영국, İngiltere, Birleşik Krallık;
france, French, français, Frankreich, Francia, França, Франция, Франции, 法国, 法國, フランス, فرنسا,
    프랑스, Fransa;
germany, German, Allemagne, Deutschland, Alemania, Alemanha, Germania, Германия, Германии, 德国,
    德國, ドイツ, ألمانيا, 독일, Almanya;
spain, Spanish, Espagne, Spanien, España, Espanha, Spagna, Испания, Испании, 西班牙, スペイン,
    إسبانيا, 스페인, İspanya;
italy, Italian, Italie, Italien, Italia, Itália, Италия, Италии, 意大利, イタリア, إيطاليا, 이탈리아,
    İtalya;
portugal, Португалия, 葡萄牙, ポルトガル, البرتغال, 포르투갈, Portekiz;
russia, Russian, Russie, Russland, Rusia, Rússia, Россия, России, российский, 俄罗斯, 俄羅斯, ロシア,
    روسيا, 러시아, Rusya;
ukraine, Ukrainian, Ucrania, Ucrânia, Ucraina, Украина, Украины, Украине, 乌克兰, ウクライナ, أوكرانيا,
    우크라이나, Ukrayna;
serbia, Serbian, Serbie, Serbien, Sérvia, Сербия, Сербии, 塞尔维亚, セルビア, صربيا, 세르비아, Sırbistan;
serbia > belgrade, Belgrad, Belgrado, Белград, Белграда, Белграде, 贝尔格莱德, ベオグラード, بلغراد,
    베오그라드;
turkey, Türkiye, Turquie, Türkei, Turquía, Turquia, Turchia, Турция, Турции, 土耳其, トルコ, تركيا,
    터키, 튀르키예;
japan, Japanese, Japon, Japón, Japão, Giappone, Япония, Японии, 日本, اليابان, 일본, Japonya;
india, Indian, Inde, Indien, Índia, Индия, Индии, 印度, インド, الهند, 인도, Hindistan;
brazil, Brazilian, Brésil, Brasilien, Brasil, Brasile, Бразилия, Бразилии, 巴西, ブラジル, البرازيل,
    브라질, Brezilya;
mexico, Mexique, Mexiko, México, Messico, Мексика, Мексике, Мексики, 墨西哥, メキシコ, المكسيك, 멕시코,
    Meksika;
argentina, Argentine, Argentinien, Аргентина, Аргентины, 阿根廷, アルゼンチン, الأرجنتين, 아르헨티나,
    Arjantin;
canada, Kanada, Canadá, Канада, Канады, Канаде, 加拿大, カナダ, كندا, 캐나다;
australia, Australie, Australien, Austrália, Австралия, Австралии, 澳大利亚, オーストラリア, أستراليا, 호주,
    Avustralya;
south korea, Corée du Sud, Südkorea, Corea del Sur, Coreia do Sul, Corea del Sud, Южная Корея,
    Южной Корее, Южной Кореи, 韩国, 韓国, كوريا الجنوبية, 한국, Güney Kore;
iran, Irán, Irã, Иран, Ирана, Иране, 伊朗, イラン, إيران, 이란, İran;
israel, Israël, Israele, Израиль, Израиля, Израиле, 以色列, イスラエル, إسرائيل, 이스라엘, İsrail;
egypt, Égypte, Ägypten, Egipto, Egito, Egitto, Египет, Египта, Египте, 埃及, エジプト, مصر, 이집트,
    Mısır;
saudi arabia, Arabie saoudite, Saudi-Arabien, Arabia Saudí, Arábia Saudita, Саудовская Аравия,
    Саудовской Аравии, 沙特阿拉伯, 沙特, サウジアラビア, السعودية, 사우디, Suudi Arabistan;
emirates, UAE, United Arab Emirates, Émirats arabes unis, Emirate, Emiratos Árabes Unidos,
    Emirados Árabes, ОАЭ, Эмираты, 阿联酋, アラブ首長国連邦, الإمارات, 아랍에미리트, BAE;
kenya, Kenia, Quênia, Кения, Кении, 肯尼亚, ケニア, كينيا, 케냐;
nigeria, Nigéria, Нигерия, Нигерии, 尼日利亚, ナイジェリア, نيجيريا, 나이지리아, Nijerya;
south africa, Afrique du Sud, Südafrika, Sudáfrica, África do Sul, Sudafrica, ЮАР, 南非, 南アフリカ,
    جنوب أفريقيا, 남아프리카, Güney Afrika;
uganda, Ouganda, Уганда, Уганде, Уганды, 乌干达, ウガンダ, أوغندا, 우간다;
ethiopia, Éthiopie, Äthiopien, Etiopía, Etiópia, Etiopia, Эфиопия, Эфиопии, 埃塞俄比亚, エチオピア,
    إثيوبيا, 에티오피아, Etiyopya;
pakistan, Paquistão, Pakistán, Пакистан, Пакистана, Пакистане, 巴基斯坦, パキスタン, باكستان, 파키스탄;
indonesia, Indonésie, Indonesien, Indonésia, Индонезия, Индонезии, 印度尼西亚, 印尼, インドネシア,
    إندونيسيا, 인도네시아, Endonezya;
vietnam, Viêt Nam, Việt Nam, Вьетнам, Вьетнама, Вьетнаме, 越南, ベトナム, فيتنام, 베트남;
singapore, Singapour, Singapur, Singapura, Сингапур, Сингапура, Сингапуре, 新加坡, シンガポール,
    سنغافورة, 싱가포르;
malaysia, Malaisie, Malasia, Malásia, Малайзия, Малайзии, 马来西亚, マレーシア, ماليزيا, 말레이시아, Malezya;
thailand, Thaïlande, Tailandia, Tailândia, Таиланд, Таиланда, Таиланде, 泰国, タイ国, تايلاند, 태국,
    Tayland;
kazakhstan, Kasachstan, Kazajistán, Cazaquistão, Казахстан, Казахстана, Казахстане, 哈萨克斯坦,
    カザフスタン, كازاخستان, 카자흐스탄, Kazakistan;
hungary, Hongrie, Ungarn, Hungría, Hungria, Ungheria, Венгрия, Венгрии, 匈牙利, ハンガリー, المجر, 헝가리,
    Macaristan;
poland, Pologne, Polen, Polonia, Polônia, Польша, Польши, Польше, 波兰, ポーランド, بولندا, 폴란드,
    Polonya;
netherlands, Dutch, Pays-Bas, Niederlande, Países Bajos, Países Baixos, Paesi Bassi,
    Нидерланды, Нидерландов, Нидерландах, 荷兰, オランダ, هولندا, 네덜란드, Hollanda;
belgium, Belgique, Belgien, Bélgica, Belgio, Бельгия, Бельгии, 比利时, ベルギー, بلجيكا, 벨기에, Belçika;
switzerland, Swiss, Suisse, Schweiz, Suiza, Suíça, Svizzera, Швейцария, Швейцарии, 瑞士, スイス,
    سويسرا, 스위스, İsviçre;
sweden, Swedish, Suède, Schweden, Suecia, Suécia, Svezia, Швеция, Швеции, 瑞典, スウェーデン, السويد,
    스웨덴, İsveç;
greece, Greek, Grèce, Griechenland, Grecia, Grécia, Греция, Греции, 希腊, ギリシャ, اليونان, 그리스,
    Yunanistan;
austria, Autriche, Österreich, Áustria, Австрия, Австрии, 奥地利, オーストリア, النمسا, 오스트리아,
    Avusturya;
taiwan, Taïwan, Taiwán, Тайвань, Тайваня, Тайване, 台湾, 台灣, تايوان, 대만, Tayvan;
china > hong kong, Hongkong, Гонконг, Гонконга, Гонконге, 香港, هونغ كونغ, 홍콩;
china > xinjiang, Синьцзян, Синьцзяна, Синьцзяне, 新疆, شينجيانغ, 신장, Sincan;
russia > moscow, Moscou, Moskau, Moscú, Moscovo, Mosca, Москва, Москвы, Москве, 莫斯科, モスクワ,
    موسكو, 모스크바, Moskova;
uk > london, Londres, Londra, Лондон, Лондона, Лондоне, 伦敦, ロンドン, لندن, 런던;
france > paris, París, Parigi, Париж, Парижа, Париже, 巴黎, パリ, باريس, 파리;
germany > berlin, Berlín, Berlim, Berlino, Берлин, Берлина, Берлине, 柏林, ベルリン, برلين, 베를린;
spain > madrid, Мадрид, Мадрида, Мадриде, 马德里, マドリード, مدريد, 마드리드;
italy > rome, Roma, Rom, Рим, Рима, Риме, 罗马, ローマ, روما, 로마;
belgium > brussels, Bruxelles, Brüssel, Bruselas, Bruxelas, Брюссель, Брюсселя, Брюсселе, 布鲁塞尔,
    ブリュッセル, بروكسل, 브뤼셀, Brüksel;
switzerland > geneva, Genève, Genf, Ginebra, Genebra, Ginevra, Женева, Женевы, Женеве, 日内瓦,
    ジュネーブ, جنيف, 제네바, Cenevre;
austria > vienna, Vienne, Wien, Viena, Вена, Вены, Вене, 维也纳, ウィーン, فيينا, 빈, Viyana;
china > beijing, Pékin, Peking, Pekín, Pequim, Pechino, Пекин, Пекина, Пекине, 北京, بكين, 베이징,
    Pekin;
china > shanghai, Schanghai, Шанхай, Шанхая, Шанхае, 上海, شنغهاي, 상하이, Şanghay;
china > shenzhen, Шэньчжэнь, Шэньчжэня, Шэньчжэне, 深圳, شنجن, 선전;
japan > tokyo, Tokio, Tóquio, Токио, 东京, 東京, طوكيو, 도쿄;
india > delhi, New Delhi, Нью-Дели, Дели, 新德里, デリー, دلهي, 델리;
emirates > dubai, Dubaï, Дубай, Дубая, Дубае, 迪拜, ドバイ, دبي, 두바이;
egypt > cairo, Le Caire, Kairo, El Cairo, Il Cairo, Каир, Каира, Каире, 开罗, カイロ, القاهرة, 카이로,
    Kahire;
turkey > istanbul, Estambul, Istambul, Стамбул, Стамбула, Стамбуле, 伊斯坦布尔, イスタンブール, إسطنبول,
    이스탄불, İstanbul;
brazil > sao paulo, São Paulo, Сан-Паулу, 圣保罗, サンパウロ, ساو باولو, 상파울루;
argentina > buenos aires, Буэнос-Айрес, Буэнос-Айресе, 布宜诺斯艾利斯, ブエノスアイレス, بوينس آيرس;
kenya > nairobi, Найроби, 内罗毕, ナイロビ, نيروبي, 나이로비;
ecuador > quito, Кито, 基多, キト, كيتو, 키토;
peru > lima, Лима, Лимы, Лиме, 利马, リマ, ليما, 리마;
colombia > bogota, Bogotá, Богота, Боготе, 波哥大, ボゴタ, بوغوتا, 보고타;
nigeria > lagos, Лагос, Лагосе, 拉各斯, ラゴス, لاغوس, 라고스;
senegal > dakar, Дакар, Дакаре, 达喀尔, ダカール, داكار, 다카르;
tunisia > tunis, Túnez, Túnis, Tunisi, Тунис, Тунисе, 突尼斯, チュニス, تونس, 튀니스;
vietnam > hanoi, Hanói, Hanoï, Ханой, Ханое, 河内, ハノイ, هانوي, 하노이;
norway > oslo, Осло, 奥斯陆, オスロ, أوسلو, 오슬로;
south korea > seoul, Séoul, Seúl, Seul, Сеул, Сеула, Сеуле, 首尔, ソウル, سيول, 서울;
usa > new york, Nueva York, Nova York, Nova Iorque, Нью-Йорк, Нью-Йорка, Нью-Йорке, 纽约, ニューヨーク,
    نيويورك, 뉴욕;
"""

BODIES = """
european union, EU, UE, Union européenne, Europäische Union, Unión Europea, União Europeia,
    Unione europea, ЕС, Евросоюз, Евросоюза, Европейский союз, 欧盟, 歐盟, 欧州連合, الاتحاد الأوروبي,
    유럽연합, AB, Avrupa Birliği;
european commission, Commission européenne, Europäische Kommission, EU-Kommission, Comisión
    Europea, Comissão Europeia, Commissione europea, Еврокомиссия, Европейская комиссия, 欧盟委员会,
    欧州委員会, المفوضية الأوروبية, 유럽연합 집행위원회, Avrupa Komisyonu;
european parliament, Parlement européen, Europäisches Parlament, EU-Parlament, Parlamento
    Europeo, Parlamento Europeu, Европарламент, Европарламента, Европейский парламент, 欧洲议会,
    欧州議会, البرلمان الأوروبي, 유럽의회, Avrupa Parlamentosu;
united nations, UN, ONU, Nations unies, Vereinte Nationen, Naciones Unidas, Nações Unidas,
    Nazioni Unite, ООН, 联合国, 聯合國, 国連, الأمم المتحدة, 유엔, BM, Birleşmiş Milletler;
"""

"""Sentences in twenty languages that a watch must find, and those it must not."""

import pytest

from adapters.language.stems import snowball
from bot.domain.entries import Entry, Kind
from bot.domain.matching import NO_CONTEXT, matches
from bot.domain.query_parser import parse

STEM = snowball()

FOUND = """
facial recognition | Facial-recognition systems in stations
facial recognition | FACIAL  RECOGNITION	algorithm
facial recognition | Two wrongful facial recognitions led to a lawsuit
facial recognition | facial and gait recognition technology
facial recognition | Recognition of any facial image
face recognition | faces, recognition
smart city | Smart cities forum
smart cities | a smart-city platform
privacy policy | Privacy policies compared
encryption | end-to-end encrypted messaging
cameras | one camera
smart lamp posts | posts with a smart lamp
protection of data | Data protection act
AI | An A.I. act
AI | AIs and people
UAV | civilian UAVs
ITU | ITU-T's plan
ITU | the ITU’s plan
ITU-T | ITU–T meets
U.S. surveillance | US surveillance
SG17 | the next SG 17 meeting
F.743.1 | revised F.743.1 (2019)
COVID-19 apps | apps against COVID 19
C++ | written in C++
reconnaissance faciale | des logiciels de reconnaissances faciales
reconnaissance faciale | RECONNAISSANCE FACIALE : la Cnil met en garde
chiffrement | les chiffrements
droit national | droits nationaux
données | DONNEES personnelles
identification | l'identification automatique
reconocimiento facial | Prohíben los reconocimientos faciales masivos
cámara | las camaras del centro
vigilancia | cámaras de vigilancia
reconhecimento facial | Reconhecimento facial no metrô
proteção | proteções de dados
riconoscimento facciale | i riconoscimenti facciali
telecamera | le telecamere in città
Gesichtserkennung | Gesichtserkennungssoftware von Clearview
Gesichtserkennung | zwei Gesichtserkennungen
Gesichtserkennung | Echtzeitgesichtserkennung im Bahnhof
Datenschutz | Datenschutzbeauftragte warnen
Überwachung | UEBER uns: Überwachungskameras
Gesicht | mit vielen Gesichtern
*kamera* | Überwachungskameras mit KI
gezichtsherkenning | gezichtsherkenningen in winkels
*herkenning* | gezichtsherkenningssysteem
ansigtsgenkendelse | ansigtsgenkendelsen på stationen
övervakningskamera | övervakningskameror i staden
ansiktsgjenkjenning | ansiktsgjenkjenningen
kasvojentunnistus | kasvojentunnistusta
arcfelismerés | az arcfelismerést tiltják
recunoaștere facială | recunoașterea facială
rozpoznawanie twarzy | rozpoznawanie twarzy na stadionie
распознавание лиц | Систему распознавания лиц запустили
распознавание лиц | камеры с распознаванием лиц
персональные данные | защита персональных данных
умный город | стандарты «умного города»
видеонаблюдение | камер видеонаблюдения в подъездах
yüz tanıma | yüz tanımanın yasaklanması istendi
yüz tanıma | YÜZ TANIMA TEKNOLOJİSİ
İnsansız hava aracı | insansız hava aracının kaydı
التعرف على الوجه | والتعرّف على الوجوه في المطارات
التعرف على الوجه | أنظمة للتعرف على الوجه
المراقبة | نظام للمراقبة بالفيديو
حماية البيانات | لحماية بيانات المستخدمين
人脸识别 | 公安机关启用人脸识别系统
人脸识别 | 人 脸 识 别
人脸识别, 人臉辨識 | 禁止人臉辨識
AI技术 | 中国AI技术标准
顔認証 | 空港で顔認証ゲート導入
顔認証 | 顔 認証
カメラ | ｶﾒﾗによる監視
サーバー | 新しいサーバを導入
"監視サーバー" | 監視サーバを導入
обʼєкт | камера: об'єкт
об'єкт | камера: обʼєкт
٢٠٢٦ | in 2026
2026 | २०२६ में
การจดจำใบหน้า | ระบบการจดจำใบหน้าใหม่
얼굴 인식 | 얼굴을 인식하는 기술
αναγνώριση προσώπου | της αναγνώρισης προσώπου
चेहरा पहचान | चेहरा पहचान तकनीक
nhận dạng khuôn mặt | Nhận dạng khuôn mặt tại sân bay
"data protection" | Data-protection law
"protection data" | the protection of the data
"smart lamp post" | smart lamp posts
"J.K. Rowling" | J.K. Rowling wrote
"AT&T" | AT&T filed
"video surveillance" | video “surveillance” systems
="Dahua" | Dahua's cameras
="Face ID" | with Face  ID
surveil* | Surveillance state
camera NEAR/3 police | police may use cameras
(camera, lens) NEAR/2 police | police lenses
camera NOT toy | a camera
"""

MISSED = """
face | the interface of Facebook, a surface with facets
facial recognition | In recognition of her work
facial recognition | facial one two three four five six seven eight recognition
face | Face++ releases
AI | J'ai dit: said ai
WHO | who wins
IT | it is
ITU | the itu
police | a new policy
policy | the police
data | a dataset in a database
code | a new codec
plan | a planet
chiffrement | les chiffres du chômage
données | dont acte
explicabilité | explication
intimidad | intime conviction
cam | a camera
Gesicht | unangesichts
kamera | Überwachungskameras
распознавание лиц | распознавание речи
видео | видение
yüz tanıma | yüz bin kişi tanıklık etti
التعرف على الوجه | التعرف على ثقافة جديدة
人脸识别 | 语音识别技术
人脸识别 | 人脸，识别
人脸识别 | 丢人脸面
顔認証 | 音声認証
が | か
コピー | コピペ
="サーバー" | サーバ
"data protection" | protection data
"data protection" | data, protection
"data protection" | data. Protection
"data protection" | data (protection)
"data protection" | data for all protection
"smart cameras" | smart and the other cameras
="Dahua" | DAHUA
="Dahua" | Dahuas
="résumé" | resume
="ITU-T" | ITU T
surveil* | sureveil
camera NEAR/3 police | police a b c camera
camera NEAR/8 camera | one camera
camera NOT toy | toy cameras
title:camera place:Geneva | camera
kind:meeting | camera
"""


def _cases(table: str) -> list[tuple[str, ...]]:
    return [tuple(part.strip() for part in line.split(" | ")) for line in table.strip().splitlines()]


def _found(query: str, sentence: str) -> bool:
    entry = Entry(key="1", kind=Kind.NEWS, title=sentence)
    return matches(parse(query), entry, NO_CONTEXT, STEM) is not None


@pytest.mark.parametrize(("query", "sentence"), _cases(FOUND))
def test_it_finds(query: str, sentence: str) -> None:
    assert _found(query, sentence)


@pytest.mark.parametrize(("query", "sentence"), _cases(MISSED))
def test_it_leaves_alone(query: str, sentence: str) -> None:
    assert not _found(query, sentence)

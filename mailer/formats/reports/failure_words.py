"""Words of failure and of delay in many languages: negations, errors, refusals. A mail without any reports no failure."""

import re

# A server that says only that it will send no notification has delivered the message.
_NO_NOTICE = r"(?![^.\n]{0,70}(?:notif|receipt|dsn\b|benachrichtig|bestätig|uppdrag|уведомл|повідомл|powiadom|oznámen|értesít|ilmoit|conferm|confirm|notific|通知|확인))"
_WORDS = (
    # English, and what other languages share with it
    (
        rf"\b(?:not?|non|n't|cannot|can't|nor|ne)\b{_NO_NOTICE}|n't\b|\b(?:un(?:able|deliver|known|avail|rout|success|reach|fortunate)|fail|error|reject|refus|bounce|returned|returning|delay|invalid|denied"
        r"|exceed|full\b|quota|expire|block|disabl|suspend|fatal|trouble|problem|impossib|imposib|sorry|time-?out|timed out|retr|defer|discard|virus|spam|infect|warning|bad\b|wrong|over\b|closed|too |unsolicit|stopp|quarant|banned|dropp|terminat)"
    ),
    rf"\b(?:nicht|kein\w{{0,2}}|niet|geen)\b{_NO_NOTICE}|unzustellb|fehler|fehlgeschl|unbekannt|verzöger|abgelehnt|gescheitert|konnte\b|onbestelb|mislukt|vertraag|geweigerd|\bfout",
    rf"\bno\b{_NO_NOTICE}|\bpas\b|n'(?:a|est|existe|ont)\b|échec|echec|erreur|différé|retard|rejet|\bsin\b|devuelt|rechaz|retras|\bfall[oó]\b|mancat|rifiut|ritard|errore|\bn[ãa]o\b|falha|\berro\b|devolv|atrasad|\bnu\b|eșu|eşu|eroare|întârzi",
    r"\bnie\b|niedost|błąd|błęd|zwrot|odrzuc|opóźn|\b(?!nell[aeo])ne(?:b|d|l|m|n|p|z|u|j|v|r|ž|ex|ak|at|iz|sp|su|us)\w{2}|\bnije\b|\bni\b|chyb[aěuy]|zpožd|vrácen|zamítn|selh|oneskor|grešk|greša|napak|klaid|vėl|kļūd|kavē",
    r"\b(?:inte|ikke|ej|ingen)\b|\bfel\b|fejl|\bfeil|misslyck|mislyk|okänd|ukendt|ukjent|försena|forsinke|avvisa|avvist|afvist|kunde\b|kunne\b|\bei(?:vät)?\b|epäonn|virhe|viiväst|tuntematon|hylät|toimittamat|\btõrge|\bviga|ebaõnn|tundmatu|hilin",
    r"\bnem\b|sikertelen|\bhib[aá]|késle|késik|\bnincs|ismeretlen|kézbesíthetetlen|visszautas|elutas|değil|\bhata|başarısız|\w{2}(?:eme|ama|ile?me|ılama|ilmi|unma)(?:d[ıi]|z|m[ıi]ş|yor)|gecik|\byok\b|reddedil|không|lỗi|thất bại|\bchưa|bị trả|\btidak|gagal|\bbelum|kesalahan|tertunda",
    r"\b(?:не|нет|ні|нема|няма|нельзя)\b|недостав|невдал|неможл|невозм|неудач|несущ|неправ|неверн|ошибк|помилк|сбой|збій|задерж|затрим|забав|закъсн|отклон|відхил|возвра|поверн|върнат|греш|неуспе|неизвест|невідом|непозн|отказ|відмов|переполн|превыш|\bδεν\b|\bμη\b|αδύνατ|αποτυχ|απέτυχ|σφάλμα|καθυστ|άγνωστ|απορρίφ|ανεπίδοτ",
    r"לא\b|אין\b|אינ[והם]|נכשל|שגיא|כשל|עיכוב|התעכב|נדח|חזר|(?<!\w)(?:و|ف)?(?:لا|لم|لن|ليس|غير)(?!\w)|تعذ|فشل|خطأ|تأخ|مرفوض|رفض|ممتلئ|نشد|نمی|خطا|ไม่|ล้มเหลว|ผิดพลาด|ล่าช้า|ตีกลับ|ปฏิเสธ|नहीं|विफल|त्रुटि",
    r"ません|できな|でき?ず|失敗|式敗|不明|不能|エラー|遅延|遅れ|拒否|返送|戻り|なかった|超え|超過|いっぱい|[不未无無没沒]|失败|错误|錯誤|退[信回件]|延[迟遲]|拒[绝絕]|超[过過出]|[满滿]|않|못|실패|오류|없|지연|거부|거절|반송|초과|불가|가득",
)
FAILURE_WORD = re.compile("|".join(_WORDS))  # in lower case

"""Phrases of automatic replies, challenges, read receipts and requests to unsubscribe, in many languages."""

import re

# Subjects of automatic replies, by language.
SUBJECTS: dict[str, str] = {
    "en": r"^auto ?:|out[ -]of[ -](?:the[ -])?office|auto(?:matic|mated)?[ -]?(?:reply|response|answer|responder)|\booo\b|on (?:vacation|holiday|leave)\b|vacation (?:reply|notice|message|response)|away from (?:the |my )?(?:office|desk)|autoreply|i am away|\bautorespon|no longer (?:with|works|employed)|changed (?:my )?(?:e-?mail|address)|new e-?mail address",
    "ru": r"авто(?:матическ\w+ )?[ -]?(?:ответ|отклик)|вне офиса|нет (?:на месте|в офисе)|в отпуске|отсутств\w+ (?:на рабочем|в офисе)|я в отпуске|отпуск:|смена адреса|новый адрес",
    "uk": r"автоматична відповідь|автовідповідь|поза офісом|у відпустці",
    "de": r"abwesenheits?(?:notiz|meldung|nachricht|assistent)|automatische (?:antwort|r[üu]ckmeldung)|außer haus|nicht im b[üu]ro|(?:ich bin )?im urlaub|abwesend|ich bin nicht (?:da|im)|abwesenheit",
    "fr": r"absen(?:ce|t)(?: du bureau)?|r[ée]ponse (?:automatique|auto)|en (?:cong[ée]s?|vacances)|hors du bureau|message automatique",
    "es": r"fuera de (?:la )?oficina|respuesta autom[aá]tica|ausencia|de vacaciones|ausente|no estoy en la oficina",
    "it": r"fuori (?:sede|ufficio)|risposta automatica|assenza|assente|in ferie",
    "pt": r"fora do escrit[óo]rio|resposta autom[áa]tica|aus[êe]ncia|de f[ée]rias|ausente",
    "nl": r"afwezig(?:heid)?|automatisch antwoord|niet (?:op kantoor|aanwezig)|op vakantie|automatische (?:reactie|beantwoording)",
    "pl": r"poza biurem|autoodpowied[źz]|automatyczna odpowied[źz]|nieobecno[śs][ćc]|jestem na urlopie|nieobecn[ya]",
    "cs": r"mimo kancel[áa][řr]|automatick[áa] odpov[ěe][ďd]|nep[řr][íi]tomn|dovolen[áa]",
    "sv": r"fr[åa]nvaro|automatiskt? svar|autosvar|inte p[åa] kontoret|semester",
    "da": r"frav[æa]r|automatisk svar|ikke p[åa] kontoret|ferie\b|autosvar",
    "no": r"frav[æa]rsmelding|ikke (?:tilgjengelig|til stede)|ute av kontoret",
    "fi": r"poissa|automaattinen vastaus|lomalla",
    "tr": r"ofis d[ıi][şs][ıi]nda|otomatik (?:yan[ıi]t|cevap)|izinde",
    "el": r"εκτ[οό]ς γραφε[ιί]ου|αυτ[οό]ματη απ[αά]ντηση",
    "ro": r"r[ăa]spuns automat|absen[țt][ăa]|în concediu",
    "hu": r"automatikus v[áa]lasz|h[áa]zon k[íi]v[üu]l|szabads[áa]gon",
    "bg": r"автоматичен отговор|извън офиса",
    "ja": r"自動(?:返信|応答)|不在(?:通知|のお知らせ)?|休暇",
    "zh": r"自动(?:回复|答复)|自動(?:回覆|回復)|外出|不在办公室|休假",
    "ko": r"자동 ?(?:회신|응답)|부재 ?중|휴가",
    "sk": r"automatick[áa] odpove[ďd]|mimo kancel[áa]rie|nepr[íi]tomn",
    "lt": r"automatinis atsakymas|nesu biure",
    "lv": r"autom[āa]tisk[āa] atbilde|neesmu birojā",
    "et": r"automaatvastus|kontorist v[äa]ljas",
    "hr": r"automatski odgovor|izvan ureda|samodejni odgovor|odsoten|odsutan",
    "he": r"מענה אוטומטי|מחוץ למשרד",
    "ar": r"رد تلقائي|خارج المكتب",
}
SUBJECT = re.compile("|".join(SUBJECTS.values()), re.IGNORECASE)

# Text of automatic replies; it counts only beside a sign in the header.
TEXT = re.compile(
    r"out of (?:the )?office|(?:will|am|be) (?:be )?(?:out|away|absent|travel|on (?:vacation|leave|holiday|maternity|parental))|limited access to (?:my )?e-?mail|no longer (?:with|work|in use|monitored|employed|at)|automatic(?:ally)? (?:reply|response|generated)|auto-?(?:reply|response)|thank you for (?:your (?:e-?mail|message|mail)|contacting)|will (?:respond|reply|return|get back)|i(?:'m| am) (?:currently )?(?:on|away|out)\b|(?:has|have) (?:left|moved|retired)|do(?:es)? not accept"
    r"|в отпуске|отсутству|меня не будет|меня нет|буду на |вернётся|автоматическ|вернусь|буду (?:не|отсут|в офисе)|в командировке|декретн|больше не работа|уволи|спасибо за (?:ваше )?(?:письмо|обращение)"
    r"|відпустц|abwesend|nicht (?:im (?:büro|haus)|erreichbar)|urlaub|zurück|absent|de retour|congé|vacances|fuera de|vacaciones|regres|fuori|ferie|rientr|férias|ausente|retorno|afwezig|vakantie|terug|urlop|nieobecn|wrac|dovolen|nepřítom|frånvar|semester|tillbaka|ferie|tilbage|poissa|lomalla|izinde|dönüş|concediu|szabads|извън|в отпуск|отпустк|поза офісом|не буде в офісі|nebudu v|mimo kancel|dovolenk|nicht mehr|im haus\b|wieder (?:da|im)|wieder erreichbar|ikke på kontoret|ute av kontoret|inte på kontoret|har slutat|har sluttet|ofis dışı|döneceğim|yokum|plecat|εκτός γραφείου|άδεια|επιστρέψω|nesu biure|atostog|neesmu|puhkusel|na godišnjem|na dopustu|nebudem v|不在|休暇|休假|外出|出差|휴가|부재|خارج المكتب|إجازة|מחוץ למשרד|בחופשה",
    re.IGNORECASE,
)

# Text before the address of a successor or deputy.
SUCCESSOR = re.compile(
    r"(?:contact|reach|e-?mail|write|send|forward|address(?:ed)?|get in touch|turn|refer|use|new (?:e-?mail )?address|replaced by|instead|urgent|обра(?:щайтесь|титесь)|пишите|писать|свя(?:житесь|заться)|нов\w+ адрес|направля\w+|замещ\w+|зверта\w+|wenden|kontakt\w*|schreiben|vertret\w+|neue (?:e-?mail-?)?adresse|dringend\w*|contact\w*|adress\w+|joindre|écri\w+|nouvelle adresse|urgen\w+|contact[ae]\w*|dirig\w+|nuev\w+ (?:direcci[oó]n|correo)|rivolg\w+|contatt\w+|scriv\w+|nuovo indirizzo|contat\w+|novo endere[çc]o|neem contact|nieuw (?:e-?mail)?adres|mail\w* naar|skontaktuj|kontaktow\w+|nowy adres|obra[ťt]\w+|kontaktuj\w*|ny (?:e-?post)?adress|kontakta|yhteyttä|başvur\w*|iletişim|zwróć\w*|pisać|piszcie|escrib\w+|escrev\w+|escreva|adres is|schrijf\w*|пишіть|пишете|\bacil\b|lütfen|нова адреса|нов адрес|свържете|piš\w+|píš\w+|rašyk\w*|nový (?:e-?mail|adres\w+)|keresse|cím\w*|írj\w+|επικοινων\w+|γράψτε|στο|adresine|ulaş\w+|الاتصال|مراسلة|لـ|לפנות|לכתוב|連絡|宛|至急|お急ぎ|退職|請聯絡|请联系|联系|联络|문의|연락|급한|퇴사\w*|대신)"
    r"[^@]{0,120}$",
    re.IGNORECASE,
)

# Challenges and moderation notices, which hold a message until a person acts.
CHALLENGE = re.compile(
    r"(?:confirm|verify|prove)[^.\n]{0,60}(?:you are (?:a )?(?:human|real|not a)|your (?:message|e-?mail|address|identity)|that you)|(?:click|follow|visit)[^.\n]{0,80}(?:to (?:release|deliver|confirm|verify|be added)|deliver your (?:message|e-?mail))|challenge[ /-]response|white-?list request|approved senders? list|(?:add|added) (?:you )?to my (?:white|approved|allowed|guest)|sender verification|verification required|please confirm your (?:message|e-?mail)|awaits? moderat|(?:held|waiting) (?:for|until)[^.\n]{0,60}(?:approv|moderat|confirm|verif)|being held until|quarantined until you|(?<!not )(?:reply|respond|answer) to this (?:message|mail|e-?mail)[^.\n]{0,100}(?:deliver|accept|releas|confirm)|\btmda\b|boxbe|spam ?arrest|choicemail|bluebottle|mailblocks|spamfence"
    r"|(?:чтобы|щоб|aby)[^.\n]{0,60}(?:достав|doruč|dostar)[^.\n]{0,60}(?:ответ|відпов|подтверд|підтверд|перей|odpov|odpow|potvr)|(?:ответ|підтверд|відпов)\w+[^.\n]{0,60}(?:будет достав|буде достав)"
    r"|подтверд\w+[^.\n]{0,60}(?:отправк|что вы|письм|не робот|адрес)|ожидает (?:проверки|подтверждения|модерац)|bestätigen sie[^.\n]{0,60}(?:nachricht|absender|dass sie)|confirme[rz][^.\n]{0,60}(?:message|que vous)|confirm[ae][^.\n]{0,60}(?:mensaje|que (?:no )?(?:es|eres))",
    re.IGNORECASE,
)
CHALLENGE_SUBJECT = re.compile(
    r"(?:please )?confirm|verif(?:y|ication)|challenge|(?:your )?(?:message|e-?mail).{0,40}(?:requires?|awaits?|held|waiting|approval)|white-?list|moderat|action required|boxbe|подтвержд|подтвердите|на модерации|bestätig",
    re.IGNORECASE,
)

# A request to unsubscribe, alone in the subject or the first line.
UNSUBSCRIBE = re.compile(
    r"^\W{0,4}(?:please |bitte |пожалуйста,? |прошу )?(?:unsubscribe|un-?subscribe me|remove(?: me)?(?: from (?:the|this|your) (?:mailing )?list)?|opt[ -]?out|signoff|leave|abmelden|abbestellen|austragen|désabonner|désinscription|me désinscrire|se désabonner|darme de baja|baja|cancelar (?:la )?suscripci[oó]n|cancella(?:mi|zione|re iscrizione)?|disiscri\w+|cancelar (?:a )?(?:subscri[çc][ãa]o|inscri[çc][ãa]o)|descadastrar|uitschrijven|afmelden|wypisz(?: mnie)?|rezygnuj[eę]|odhl[áa]sit|avregistrera|afmeld|отпи(?:сать|шите|саться|ска)(?:ся)?(?: меня)?(?: от рассылки)?|отказ(?:аться)? от (?:рассылки|подписки)|отменить подписку|відписати(?:ся)?|配信停止|退订|取消订阅|구독 ?(?:취소|해지))\W{0,6}(?:[\w.+-]{0,64}|please|me|bitte|now|from.{0,60}|b[a-z0-9]{20,64})?\W{0,4}$",
    re.IGNORECASE,
)

# Subjects of read receipts from programs that send no RFC 8098 part.
READ = re.compile(
    r"^(?:read|not read|gelesen|nicht gelesen|lu|non lu|leído|no leído|letto|lido|gelezen|niet gelezen|lida|não lida|przeczytan[eoy]|nie przeczytano|nepřečteno|přečteno|läst|læst|lest|luettu|okundu|прочитано|прочитанo|не прочитано|开封|開封済み|已读|읽음|return receipt|read receipt|уведомление о прочтении|disposition notification|lesebestätigung)\s?(?:\([^)]{0,60}\)\s?)?[:：-]",
    re.IGNORECASE,
)
READ_TEXT = re.compile(
    r"was (?:read|displayed|deleted without being read|opened) (?:on|at|by)|return receipt|has been (?:read|displayed)|прочита|wurde (?:am|gelesen)|geöffnet|a été lu|fue leído|è stato letto|is gelezen|gelezen op|przeczytan|bez przečtení|přečten|foi lida|lästes|has lest|ble lest|blev læst|on luettu|okundu|читано|foi lid|開封|已读|deleted without|receipt (?:only )?acknowledges",
    re.IGNORECASE,
)

"""Replies of a relay about how much we send: messages in a time, connections, messages in a session."""

from itertools import permutations

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.readers import OF_THE_MESSAGE, READERS
from mailer.formats.reports.rules.rule import either, letters, rule

_TIME = either(
    r"(?:\bper|\ban?|\beach|\bevery|\bthis|\bone|\blast|\bpast|/) ?(?:\d+ ?)?(?:sec(?:ond)?s?\b|min(?:ute)?s?\b|hours?\b|hrs?\b|days?\b|24)",
    r"\b(?:in|within|for) \d+ ?(?:s|sec\w*|min\w*|hours?|hrs?)\b",
    r"\d-hour\b|\bhour(?:ly)?\b",
    r"(?:\b(?:per|every) |/ ?)\d* ?[hms]\b",
    r"\bdaily\b|\btoday\b",
    r"в (?:час|сутки|день|минуту|секунду)|за (?:час|сутки|день|минуту|сегодня)|суточн|дневн|часов(?:ой|ого|ая)|на сегодня",
    r"на добу|за годину|добов",
    r"pro (?:stunde|tag|minute|sekunde)|\btages|\bstunden(?!lang)|heute|stündlich|täglich",
    r"par (?:heure|jour|minute|seconde)|\bhoraire|journali|quotidien",
    r"(?:por|al) (?:hora|día|dia|minuto)|diari[oa]",
    r"per ora|al giorno|giornalier|giorno",
    r"na godzinę|dzienn|dziś|za hodinu|denní|per (?:uur|dag)|vandaag|dagelijks",
    r"[每当一本](?:日|天|小时|分钟|秒|小時)|今日|今天|日发|1日|1時間|一日",
)
_LIMIT = either(
    r"l[ií]mit|quota|exceed|\bmax|reached|\bcap\b|allowance|\bonly \d|more than|at most|too (?:many|much|fast|frequent)|\bover\b",
    r"не более|лимит|превыш|слишком|ліміт",
    r"kontingent|überschritten|zu viele|dépass|excedid|superat|przekrocz|překroč",
    r"超[过出限過]|上限|限制|频率|過多|过多",
)
_MAIL = either(
    r"messages?\b|e-?mails?\b|\bmails?\b|send|sent\b|recipients\b|rcpts\b|defers\b|submission|relay|out-?going|outbound|\bsmtp\b|frequency|customer|transactions?\b|rate\b",
    r"пис[еь]м|сообщени|отправ|получател|лист[іи]в|повідомлен",
    r"nachricht|versand|versend|empfänger|envoi|envoy|destinataires",
    r"correos|mensaj|mensagens|envío|envio|messaggi|invio|invii|destinatari",
    r"wiadomo|wysył|zpráv|odes[ií]l|bericht|verzend",
    r"收件人|邮件|发送|发信|送信|郵件",
)
_WITHIN_A_SENTENCE = r"(?:(?!\. )[^;。]){0,60}?"
_IN_ANY_ORDER = either(
    *(_WITHIN_A_SENTENCE.join(f"(?:{each})" for each in order) for order in permutations((_TIME, _LIMIT, _MAIL)))
)

# A limit on so long a time is a plan's, and a person must see to it.
_LONG = r"\bmonth|\byear|\bannual|месяц|monat|mensuel|mensual|每月|本月"
# A mailbox may hold too many messages, and a message may have too many of anything.
_IN_A_MAILBOX = r"in (?:the |this |your |his |its )?(?:\w+ )?(?:mail ?box|in-?box|folder|queue|headers?\b|to\b|cc\b)"

# RFC 5321 has no words for a limit; each maker has words of its own.
_WORDS = either(
    # Google, Amazon, hosts with Exim or Postfix.
    r"(?:\bsend(?:ing)?|out-?going|outbound|submission|smtp|relay)(?: \w+){0,2} limit|limit for sending",
    r"limit on the number of[^.;]{0,40}(?:out-?going|outbound|sen[dt])",
    r"\byour (?:daily |hourly )?(?:mail|e-?mail|message|sending|send) limit",
    r"you(?:'ve| have)? sent (?:\d|too)|too many (?:e-?mails|messages) (?:in|sent|from)(?! the \w+ header)",
    # policyd, postfwd, rspamd, OpenSMTPD, Plesk.
    r"policy[^.;]{0,30}quota|\bflood|throughput|rate[ -]?limit|throttl",
    r"(?:mail|message|submission|sending|send|sender|outbound|out-?going|peak) rate|rate (?:is |was )?over|submitted too fast",
    r"(?:heavy|excessive) (?:usage|use|traffic|volume)|volume (?:\w+ )?exceeded|allowance of \d+ (?:relays|messages|e-?mails|recipients)|unusual (?:\w+ )?(?:amount|rate|volume|number)",
    # Tencent, and others that translate from Chinese.
    r"frequency[^.;]{0,20}(?:limit|too)|too (?:frequent|often)",
    # NetEase: help.mail.163.com, codes of returned mail: connections at once, in a time; messages and recipients in a time, in
    # a session.
    r"\b(?:hl:i[cf]c|mi:sfq|rp:qrc|dt:sfq|(?:mi|rp|dt):d[mr]c)\b",
    # Microsoft; others name the queue in which our messages wait.
    r"sender thread|(?:organi[sz]ation|out-?going|outbound|sending) queue\b[^.;]{0,40}(?:full|quota|limit|exceed)",
    # In other languages.
    r"(?:zu viele|trop d[e']|demasiad[oa]s|exceso de|troppi|te veel|zbyt wiele|příliš mnoho|слишком много|забагато)"
    r" ?(?:nachrichten|e-?mails|mails|messages|correos|mensajes|messaggi|berichten|wiadomości|zpráv|пис|лист|empfänger|destinataires|destinatarios|destinatari|envois|получател)",
    r"(?:numero|nombre|número) (?:massimo|máximo|maximal|maximum) d[ei'] ?(?:e-?mail|messaggi|messages|correos|mensajes|mensagens|envois)",
    r"(?:лимит|ліміт|превыш|слишком)\w*[^.;]{0,30}(?:отправ|рассыл|исходящ|відправ)",
    r"(?:отправ|рассыл|исходящ|відправ)\w*[^.;]{0,20}(?:лимит|ліміт|превыш|слишком)",
    r"(?:versand|sende)(?:limit|grenze)|limite d'envoi|l[ií]mite? (?:massimo )?(?:de|di) (?:env|invi|messaggi invi)|verzendlimiet",
    r"limit\w* (?:wysył|wychodz|odes|odch)|(?:wysył|odesíl)\w* limit",
    r"(?:发送|发信|外发)\w{0,6}(?:频率|过快|过于频繁|太快)|频率(?:过|超|限)|送信(?:数|制限|上限)",
)
# Connections at once, and messages in one of them.
_CONNECTIONS = either(
    r"(?:concurrent|simultaneous|parallel|number of) (?:\w+ ){0,2}(?:connections|sessions|threads)",
    r"(?:too many|max(?:imum)?) (?:\w+ ){0,2}(?:connections|sessions)|connections?(?: \w+){0,3} (?:limit|exceed)",
    r"nombre (?:\w+ ){0,2}de connexions|trop de connexions|gleichzeitige verbindungen|zu viele verbindungen",
    r"одновременн\w+ (?:подключ|соедин)|много (?:\w+ )?(?:подключ|соедин)|连接(?:数|过多)|同時接続",
    r"(?:too many|max(?:imum)?(?: number of)?|exceed\w*) (?:\w+ ){0,3}(?:messages|mails|e-?mails|transactions|recipients) (?:per|in|for|on|over) (?:this|one|a|an|the same|the)? ?(?:\w+ )?(?:session|connection)",
    r"(?:messages?|mails?|transactions) per (?:smtp )?(?:session|connection)|batch limit|(?:message|mail) limit (?:for|of|in) (?:this|one|a) (?:smtp )?(?:connection|session)|no more (?:messages|mails) (?:in|on|for) this (?:session|connection)",
)

PACE = rule(
    FailureReason.RATE,
    "we have sent more in a time than our own relay takes",
    _IN_ANY_ORDER,
    needs=(_LIMIT, _TIME),
    unless=either(READERS, OF_THE_MESSAGE, _LONG),
)
WORDS_OF_MAKERS = rule(
    FailureReason.RATE,
    "our own relay takes less at once, or in a time",
    _WORDS,
    _CONNECTIONS,
    needs=(
        letters(
            "limit límit rate too_ u_sent ve_sent flood throughput throttl policy queue volume usage allowance excessive heavy_ frequen unusual"
            " thread exceed max concurrent simultaneous parallel number_of per_ batch submitted hl: mi: rp: dt: viele gleichzeitig trop massim máximo maximal maximum no_more"
            " connexion demasiad exceso troppi veel wiele mnoho verzend wysył odesíl лимит ліміт превыш слишком отправ рассыл исходящ"
            " відправ забагато одновременн много_ grenze 频 太 过 送信 连接 同時"
        ),
    ),
    unless=either(READERS, OF_THE_MESSAGE, _LONG, _IN_A_MAILBOX),
)
RULES = (PACE, WORDS_OF_MAKERS)

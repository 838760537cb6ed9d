"""Replies of a relay about us: our account, plan and right to send there, and how much we may send in a time.

A server says the same of a reader's mailbox: suspended, over its quota. Only the subject tells them apart: "your account",
"sending", "outgoing", "your plan" are ours, whatever the code; a reply that also speaks of the recipient's is not read here.
"""

import re
from dataclasses import dataclass
from itertools import permutations

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.rule import DOT_IN_NAME, rule


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The words of a language: what is ours, the act of sending, and what can be wrong with either."""

    ours: str
    sending: str
    barred: str
    used_up: str


_TONGUES = (
    Tongue(  # English
        ours=(
            r"\byour (?:[\w\-]+ ){0,3}?(?:account|plan|subscription|licen[cs]e|tenant|trial|credits?|balance|package|mail ?box|smtp (?:user|login|relay)|user|customer|api key|credentials|e-?mail service|mail service|organi[sz]ation)\b"
            r"|\b(?:sender|sending|smtp|auth|authenticated|authori[sz]ed|submission|hosting|relay)(?:'s)? (?:e-?mail |mail |smtp )?(?:account|mail ?box|user(?!'s)|customer|credits?|login|plan)\b"
            r"|\b(?:plan|credits|trial|tenant|this customer)\b|account of (?:the |this )?sender|(?:account|mail ?box|user|login) (?:that )?you(?:'re| are) (?:using|sending from|logged)"
        ),
        # Neither the server that sends, nor a name in the DNS such as outbound.example.
        sending=r"(?<![\w\-·.])(?:sending(?! (?:to|spam|this|the|ip|server|domain|host|mta|address|system)\b)|out-?going|outbound|submission|submitting|smtp (?:service|access|relay))(?![\w\-·])",
        barred=(
            r"(?:suspen[ds]|\bdenied\b|disabl|block(?!ed (?:by|using) )|inactive|de-?activat|\block(?:ed|out)|\bclosed|terminat|expired|\bbanned|paused|restricted|on hold|frozen|revoked|cancel|prohibited|under review|compromised|unpaid|overdue|shut down|turned off|\blimited\b"
            r"|not (?:yet |been |currently |\w+ly )*(?:activ|enabl|allow|includ|permitted|authori[sz]ed|approved|confirmed|verified|entitled))"
        ),
        used_up=(
            r"(?:exceed|reached|over (?:\w+ ){0,4}quota|used up|exhaust|sufficient|enough|no (?:more |remaining |\w+ )?(?:credits|left)|out of|ran out|deplet|over[ -]?limit)"
        ),
    ),
    Tongue(  # Russian, Ukrainian
        ours=r"\bваш\w* (?:\w+ ){0,2}?(?:аккаунт|уч[её]тн|ящик|тариф|подписк|баланс|обліков|скриньк)|(?:аккаунт|запис[ьи]|ящик)\w* отправител|\bтариф",
        sending=r"\b(?:отправк|рассылк|исходящ|доступ к smtp|відправк|надсилан|вихідн)\w*",
        barred=r"(?:заблокир|блокир|отключ|приостанов|запрещ|запрет|ограничен|не (?:активир|подтвержд|оплачен|разреш|можете|позволя)|заморож|закрыт|заблокован|призупин|заборон|обмежен)",
        used_up=r"(?:исчерпан|превы[шс]|закончил|недостаточно|ист[её]к|достигнут|вичерпан|перевищ)",
    ),
    Tongue(  # German
        ours=r"\bihr\w{0,2} (?:[\w\-]+ ){0,2}?(?:[\w\-]*konto|account|postfach|tarif|paket|vertrag|guthaben)\b|\babsenderkonto|\bguthaben\b",
        sending=r"\b(?:versand|versend\w+|ausgehend\w*|mailversand|postausgang)\b",
        barred=r"(?:gesperrt|deaktiviert|gekündigt|abgelaufen|eingeschränkt|blockiert|untersagt|nicht (?:\w+ ){0,2}(?:freigeschaltet|erlaubt|aktiv|gestattet|berechtigt, mit))",
        used_up=r"(?:überschritten|erreicht|aufgebraucht|überzogen|erschöpft)",
    ),
    Tongue(  # French
        ours=r"\b(?:votre|ton) (?:[\w\-]+ ){0,2}?(?:compte|forfait|abonnement|boîte|crédit)\w*",
        sending=r"\b(?:l'envoi|envois?|envoyer|sortants?|expédition)\b",
        barred=r"(?:suspendu|bloqu|désactiv|inactif|expiré|interdit|restreint|verrouillé|non (?:autoris|vérifi|valid)|pas (?:été )?(?:vérifi|valid|activ))",
        used_up=r"(?:dépass|atteint|épuis|insuffisant)",
    ),
    Tongue(  # Spanish, Portuguese, Italian
        ours=r"\b(?:su|tu|sua|tua|seu|teu|il tuo|il suo|la tua|la sua) (?:\w+ ){0,2}?(?:cuenta|plan|suscripción|conta|plano|account|piano|abbonamento)\b|\bcuenta remitente",
        sending=r"\b(?:env[ií]os?|enviar|salientes?|saída|invio|inviare|in uscita)\b",
        barred=r"(?:suspendid|suspens|sospes|bloque|bloccat|desactiv|desativ|disattiv|deshabilit|inactiv|inativ|expir|scadut|prohibid|proibid|vietat|no (?:est[áa] )?(?:verific|autoriz|activ))",
        used_up=r"(?:excedid|exced|superad|superat|alcanzad|raggiunt|agotad|esgotad|esaurit|atingid)",
    ),
    Tongue(  # Polish, Czech
        ours=r"\b(?:twoje\w*|pań\w+|vaš\w*) (?:[\w\-]+ ){0,2}?(?:kont|skrzyn|pakiet|účet|schránk)\w*",
        sending=r"\b(?:wysyłani\w*|wysyłk\w*|wychodząc\w*|odesílání|odchozí\w*)\b",
        barred=r"(?:zablokowan|zawieszon|wyłączon|nieaktywn|wygas|zablokován|pozastaven|zakázán)",
        used_up=r"(?:przekroczon|wyczerpan|překročen|vyčerpán)",
    ),
    Tongue(  # Chinese, Japanese
        ours=r"(?:您|你|發件人|发件人)的?(?:\w{0,4})(?:帐[户号]|账[户号]|帳[戶號]|邮箱|套餐|余额)|(?:发信|发送|发件人|寄件)(?:帐[户号]|账[户号])|アカウントの?送信|(?:発信|送信)者?の?アカウント|お客様のアカウント",
        sending=r"(?:发信|发送|外发|群发|寄信|發信|送信)",
        barred=r"(?:停用|禁用|禁止|封[禁停锁]|被封|冻结|凍結|锁定|过期|欠费|未(?:验证|激活|授权|开通)|暂停|停止|制限)",
        used_up=r"(?:超[过出限]|超過|上限|不足|用完|耗尽)",
    ),
)

# Whose mailbox it is, where it is the reader's. Postfix writes "Recipient address rejected:" before any words.
READERS = (
    r"(?:recipients?'s?|recipient(?! address rejected|s? (?:limit|rate|per|count|quota))s?|addressee|destination|the (?:user|person)(?![^.;]*(?:sending|out-?going|outbound))|user you|users?'s?|subscribers?'s?) (?:[^\s.;:]+ ){0,3}?(?:mail ?box|account|inbox|domain|quota|server|system|tenant|plan|is|has|who|which|organi[sz]ation)"
    r"|(?:tried|trying|attempt\w*|want\w*) to (?:reach|contact|e-?mail|send to|mail)|(?<!still )(?<! or )(?<! and )\breceiv(?:e|es|ing)\b|\bincoming\b|\binbound\b|storedrv·deliver|recipient thread|resolver·|user's (?:account|mail)|(?:by|of|for) (?:the |this )?recipient(?!s)|mailing to\b"
    r"|to (?:this|that|the) (?:\w+ ){0,2}?(?:user|recipient|address|group|list|mail ?box|domain|account)\b|(?:user|person|address|recipient|one) (?:that |whom? )?you (?:are|were|have)|you (?:are|were) (?:sending|writing|mailing) to\b|\bsuppress|(?<!много )(?<!количество )(?<!число )(?<!на )получател|адресат|(?<!viele )(?<!anzahl )(?<!anzahl der )(?<!pro )empfänger|(?<!trop de )(?<!nombre de )destinataire|(?<!demasiados )(?<!troppi )destinat[aá]ri|收件人(?!数|过多|超)|宛先|受信"
)
_NEAR, _NEXT = r"[^.;。，]{0,70}?", r"\w*[^.;。，]{0,30}?"


def _unless_readers(*words: str) -> str:
    """All of these, in a reply that does not speak of the reader's mailbox."""
    return "^" + "".join(f"(?=.*?(?:{each}))" for each in words) + f"(?!.*(?:{READERS}))"


def _barred() -> str:
    """What is ours, or sending, with a word that bars it or says that it is used up, in either order."""
    return "|".join(
        rf"(?:{tongue.ours}|{tongue.sending}){_NEAR}(?:{tongue.barred}|{tongue.used_up})"
        rf"|(?:{tongue.barred}){_NEXT}(?:{tongue.sending})"
        for tongue in _TONGUES
    )


_TIME = (
    r"(?:(?:\bper|\ban?|\beach|\bevery|\bthis|\bone|\blast|\bpast|/) ?(?:\d+ ?)?(?:sec(?:ond)?s?\b|min(?:ute)?s?\b|hours?\b|hrs?\b|days?\b|24)|\b(?:in|within|for) \d+ ?(?:s|sec\w*|min\w*|hours?|hrs?)\b|\d-hour\b|\bhour(?:ly)?\b|(?:\b(?:per|every) |/ ?)\d* ?[hms]\b|\bdaily\b|\btoday\b"
    r"|в (?:час|сутки|день|минуту|секунду)|за (?:час|сутки|день|минуту|сегодня)|суточн|дневн|часов(?:ой|ого|ая)|на сегодня|на добу|за годину|добов"
    r"|pro (?:stunde|tag|minute|sekunde)|\btages|\bstunden(?!lang)|heute|stündlich|täglich|par (?:heure|jour|minute|seconde)|\bhoraire|journali|quotidien|(?:por|al) (?:hora|día|dia|minuto)|diari[oa]|per ora|al giorno|giornalier|giorno"
    r"|[每当一本](?:日|天|小时|分钟|秒|小時)|今日|今天|日发|1日|1時間|一日)"
)
_LIMIT = r"(?:l[ií]mit|quota|exceed|\bmax|reached|\bcap\b|allowance|\bonly \d|more than|at most|не более|too (?:many|much|fast|frequent)|\bover\b|лимит|превыш|слишком|ліміт|limite|kontingent|überschritten|zu viele|dépass|excedid|superat|超[过出限過]|上限|限制|频率|過多|过多)"
_MAIL = (
    r"(?:messages?\b|e-?mails?\b|\bmails?\b|send|sent\b|recipients\b|rcpts\b|defers\b|submission|relay|out-?going|outbound|\bsmtp\b|frequency|customer|transactions?\b|rate\b"
    r"|пис[еь]м|сообщени|отправ|лист[іи]в|повідомлен|nachricht|versand|versend|e-?mails|envoi|messages|envoy|correos|mensaj|mensagens|envío|envio|messaggi|invio|invii|empfänger|destinataires|destinatari|получател|收件人|邮件|发送|发信|送信|郵件)"
)
_BETWEEN = r"(?:(?!\. )[^;。]){0,60}?"  # in one sentence
_IN_ORDERS = "|".join(
    rf"{first}{_BETWEEN}{second}{_BETWEEN}{third}" for first, second, third in permutations((_TIME, _LIMIT, _MAIL))
)

# A limit on so long a time is a plan's, and a person must see to it.
_SOON = r"(?!.*(?:\bmonth|\byear|\bannual|месяц|monat|mensuel|mensual|每月|本月))"

RATE = rule(
    FailureReason.RATE,
    "we have sent more in a time than our own relay takes",
    # The first two only spare time.
    _unless_readers(_LIMIT, _TIME, _IN_ORDERS) + _SOON,
    _unless_readers(
        # RFC 5321 has no words for it; each maker has: Postfix, Exim, cPanel, rspamd, policyd, Amazon, Microsoft, Google.
        r"(?:\bsend(?:ing)?|out-?going|outbound|submission|smtp|relay)(?: \w+){0,2} limit|limit for sending|limit on the number of[^.;]{0,40}(?:out-?going|outbound|sen[dt])|policy[^.;]{0,30}quota|frequency[^.;]{0,20}limit|\bflood|throughput|you(?:'ve| have)? sent (?:\d|too)"
        r"|(?:zu viele|trop de|demasiad[oa]s|troppi|te veel|zbyt wiele|слишком много|забагато) (?:nachrichten|e-?mails|mails|messages|correos|mensajes|messaggi|berichten|wiadomości|пис|лист|empfänger|destinataires|destinatarios|destinatari|получател)"
        r"|rate[ -]?limit|throttl|sender thread|mail rate|message rate|submission rate|sending rate|sender rate|rate (?:is |was )?over|(?:heavy|excessive) (?:usage|use|traffic|volume)|(?:发送|发信|外发)\w{0,6}(?:频率|过快|过于频繁|太快)|频率(?:过|超|限)|too many (?:e-?mails|messages) (?:in|sent|from)|unusual (?:\w+ )?(?:amount|rate|volume|number)"
        r"|(?:лимит|ліміт|превыш|слишком)\w*[^.;]{0,30}(?:отправ|рассыл|исходящ|відправ)|(?:отправ|рассыл|исходящ|відправ)\w*[^.;]{0,20}(?:лимит|ліміт|превыш|слишком)|(?:versand|sende)(?:limit|grenze)|limite d'envoi|límite de env|limite di invio|limite de envio|送信(?:数|制限|上限)"
    )
    + _SOON,
)

# The identity that we send as. Amazon, SendGrid, Mailgun, Postfix (reject_sender_login_mismatch), Exchange, Yandex, NetEase.
_IDENTITY = (
    r"(?:e-?mail address|identit\w+|\bsender|\bfrom(?: address)?|(?:sender|sending|from|your) (?:domain|address)|sender signature|\bdomain)\b[^;]{0,60}?(?:\bnot (?:yet |been |\w+ly )*(?:be )?(?:verified|validated|confirmed|activated|owned|approved(?! to post)|(?:an? )?authori[sz]ed sender|registered (?:in|with) your|configured (?:in|for) your)|\bunverified|\bunvalidated)"
    r"|\b(?:unverified|unvalidated|unconfirmed|unconfigured) (?:sender|sending|domain|from|identit)|not owned by|does not match (?:a |any )?verified|must (?:equal|match|belong|be (?:the )?same as)[^.;]{0,30}(?:auth|login|user|account)|(?:not|n't) (?:match|same|equal|belong)[^.;]{0,30}(?:auth\w+|logged|login)\b"
    r"|permissions? to (?:send (?:as|on|mail|e-?mail|out)|submit)|(?:not|n't|cannot|never) (?:be )?(?:allowed |permitted |authori[sz]ed |able )?(?:to )?send(?:ing)? (?:mail |messages? |e-?mails? )?as\b|sendas|send-as|not (?:logged in|local sender)|sender not allowed for|relaying disallowed as\b|account not subscribed|unauthenticated senders? (?:is |are )?not (?:allowed|permitted)|list of your account|not (?:associated|registered|configured|listed|linked|present|hosted)\b[^.;]{0,40} (?:your|the|this) (?:\w+ )?account|not (?:allowed|permitted|authori[sz]ed) (?:for|by|with) (?:this|your) (?:\w+ ){0,2}?(?:login|user|account)|(?:\bfrom|\bsender|\byour)\b[^.;]{0,30} not (?:in|on|among)[^.;]{0,25}(?:allowed|verified|authori[sz]ed|permitted|approved) senders"
    # Without "from": a server that checks SPF says so of an IP address. Without "to": so does a list of its members.
    r"|\bnot (?:\w+ly |yet |currently )?(?:allowed|permitted|authori[sz]ed|entitled|enabled) to (?:send|submit|relay|perform)\b(?! (?:\w+ ){0,2}(?:to|from|on behalf|for (?!more|help|details|further|info))\b)"
    r"|\b(?:accounts?|users?|plans?|you|mail ?box) (?:cannot|can ?not|can't|may not|must not) send\b(?! (?:\w+ ){0,2}to (?:this|that|the)\b)|(?:verify|activate|confirm|validate|unblock|reactivate) your (?:\w+ )?(?:account|domain|phone|subscription|sender)\b|confirm your[^.;]{0,25} before (?:you )?send"
    r"|неподтвержд[её]нн|отправител\w*[^.;]{0,30}не (?:подтвержд|принадлежит|совпада)|absender\w*[^.;]{0,40}nicht (?:\w+ ){0,3}(?:zugelassen|erlaubt|verifiziert|bestätigt|berechtigt|freigeschaltet)|expéditeur[^.;]{0,30}(?:non|pas) (?:été )?(?:vérifi|valid|autoris)|pas autorisée?s? à (?:envoyer|expédier)|发件人?\w{0,8}(?:不一致|不符|未验证|不匹配)"
)

ACCOUNT = rule(
    FailureReason.ACCOUNT,
    "our own relay does not let us send: our account, plan or sender address there",
    _unless_readers(_IDENTITY),
    _unless_readers(_barred()),
    _unless_readers(
        # Microsoft's status codes for outbound mail: learn.microsoft.com, "Email non-delivery reports in Exchange Online".
        r"bad outbound sender|banned sender\b|spam abuse detected|tenant has exceeded|traffic not accepted from this ip|unregistered domain|storedrv·(?:submission|clientsubmit)|submissionquota|tenantattribution"
        # Others: a plan to be paid for, an account to be woken, activity of ours that alarms the relay.
        r"|\byou(?:'ve| have)? (?:exceeded|reached|used up|hit|run out)(?:(?!size|attach)[^.;]){0,40}(?:quota|limit|plan|credits|allowance|allocation)(?!\w* (?:size|attach))|\b(?:bill|invoice|payment)\b (?:is |was )?(?:\w+ )?(?:overdue|unpaid|due|required|failed)|unpaid (?:bill|invoice)"
        r"|\b(?:sender|you)\b[^.;]{0,30}(?:blocked|suspended|disabled|banned)[^.;]{0,20}(?:for|of) (?:sending |)spam"
        r"|upgrade\b[^.;]{0,20}(?:plan|account|subscription|package|\bsen[dt]|paid)|please upgrade(?:$|[.;!])|(?:buy|purchase|add|top up) (?:more )?(?:credits|e-?mails)|maximum credits|insufficient funds|quota[^.;]{0,15}(?:subscription|plan|package)|(?:\bno|\bnot|n't|insufficient|out of|enough)[^.;]{0,20}\bcredits?\b(?! card)|(?:unusual|suspicious|abnormal) (?:sending|outgoing|outbound|activity[^.;]{0,30}(?:your|sen[dt]|out))|account (?:quota|limit)[^.;]{0,40}(?:send|plan)"
        r"|(?:\bsend|sending|out-?going|outbound|relay|submission|smtp) (?:\w+ ){0,2}quota|(?:disabled|blocked|suspended|banned|locked)[^.;]{0,30}(?:from sending|change (?:your|the) password)"
    ),
)

_A_READER = re.compile(READERS)


def names_a_reader(text: str) -> bool:
    """Whether a reply speaks of the recipient's mailbox or server."""
    return _A_READER.search(DOT_IN_NAME.sub("·", text.lower())) is not None

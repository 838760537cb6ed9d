"""The words of each language for what is ours at a relay, for sending, and for what can be wrong with either."""

from dataclasses import dataclass

from mailer.formats.reports.rules.rule import either


@dataclass(frozen=True, slots=True, kw_only=True)
class Tongue:
    """The words of a language: what is ours, the act of sending, and what can be wrong with either.

    Each word of `ours` or `sending` shows one of `roots`, by which a reply is first looked through.
    """

    roots: str
    ours: str
    sending: str
    barred: str
    used_up: str


ENGLISH = Tongue(
    roots="your_ sender sending smtp_ auth submi relay plan credits trial tenant customer account_of you_are you're outgo out-go outbound",
    ours=either(
        r"\byour (?:[\w\-]+ ){0,3}?(?:account|plan|subscription|licen[cs]e|tenant|trial|credits?|balance|package|mail ?box|smtp (?:user|login|relay)"
        r"|user|customer|api key|credentials|e-?mail service|mail service|organi[sz]ation)\b",
        r"\b(?:sender|sending|smtp|auth|authenticated|authori[sz]ed|submission|relay)(?:'s)? (?:e-?mail |mail |smtp )?"
        r"(?:account|mail ?box|user(?!'s)|customer|credits?|login|plan)\b",
        r"\b(?:plan|credits|trial|tenant|this customer)\b",
        r"account of (?:the |this )?sender",
        r"(?:account|mail ?box|user|login) (?:that )?you(?:'re| are) (?:using|sending from|logged)",
    ),
    # Neither the server that sends, nor a name in the DNS such as outbound.example.
    sending=r"(?<![\w\-·.])(?:sending(?! (?:to|spam|this|the|ip|server|domain|host|mta|address|system)\b)|out-?going|outbound|submission|submitting"
    r"|smtp (?:service|access|relay))(?![\w\-·])",
    barred=(
        r"(?:suspen[ds]|\bdenied\b|disabl|block(?!ed (?:by|using) )|inactive|de-?activat|\block(?:ed|out)|\bclosed|terminat|expired|\bbanned|paused"
        r"|restricted|on hold|frozen|revoked|cancel|prohibited|under review|held (?:for|pending)|compromised|unpaid|overdue|shut down|turned off|\blimited\b"
        r"|not (?:yet |been |currently |\w+ly )*(?:activ|enabl|allow|includ|permitted|authori[sz]ed|approved|confirmed|verified|entitled))"
    ),
    used_up=(
        r"(?:exceed|reached|over (?:\w+ ){0,4}quota|used up|exhaust|sufficient|enough|no (?:more |remaining |\w+ )?(?:credits|left)|out of|ran out"
        r"|deplet|consumed|over[ -]?limit)"
    ),
)
OTHERS = (
    Tongue(  # Russian, Ukrainian
        roots="ваш вас отправ рассыл исходящ доступ_к_smtp відправ надсил вихідн тариф",
        ours=either(
            r"\b(?:ваш\w*|у вас) (?:\w+ ){0,2}?(?:аккаунт|уч[её]тн|ящик|тариф|подписк|баланс|обліков|скриньк)",
            r"(?:аккаунт|запис[ьи]|ящик)\w* отправител|\bтариф",
        ),
        sending=r"\b(?:отправк|рассылк|исходящ|доступ к smtp|відправк|надсилан|вихідн)\w*",
        barred=r"(?:заблокир|блокир|отключ|приостанов|запрещ|запрет|ограничен|не (?:активир|подтвержд|оплачен|разреш|можете|позволя)|заморож|закрыт"
        r"|заблокован|призупин|заборон|обмежен)",
        used_up=r"(?:исчерпан|превы[шс]|закончил|недостаточно|ист[её]к|достигнут|вичерпан|перевищ)",
    ),
    Tongue(  # German
        roots="ihr absenderkonto guthaben versand versend ausgehend postausgang",
        ours=r"\bihr\w{0,2} (?:[\w\-]+ ){0,2}?(?:[\w\-]*konto|account|postfach|tarif|paket|vertrag|guthaben)\b|\babsenderkonto|\bguthaben\b",
        sending=r"\b(?:versand|versend\w+|ausgehend\w*|mailversand|postausgang)\b",
        barred=r"(?:gesperrt|deaktiviert|gekündigt|abgelaufen|eingeschränkt|blockiert|untersagt"
        r"|nicht (?:\w+ ){0,2}(?:freigeschaltet|erlaubt|aktiv|gestattet|berechtigt, mit))",
        used_up=r"(?:überschritten|erreicht|aufgebraucht|überzogen|erschöpft)",
    ),
    Tongue(  # French
        roots="votre ton_ envoi envoyer sortant expédition",
        ours=r"\b(?:votre|ton) (?:[\w\-]+ ){0,2}?(?:compte|forfait|abonnement|boîte|crédit)\w*",
        sending=r"\b(?:envois?|envoyer|sortants?|expédition)\b",
        barred=r"(?:suspendu|bloqu|désactiv|inactif|expiré|interdit|restreint|verrouillé|non (?:autoris|vérifi|valid)|pas (?:été )?(?:vérifi|valid|activ))",
        used_up=r"(?:dépass|atteint|épuis|insuffisant)",
    ),
    Tongue(  # Spanish, Portuguese, Italian
        roots="su_ tu_ sua_ tua_ seu_ teu_ suo_ tuo_ cuenta_remitente env enviar saliente saída invi in_uscita",
        ours=r"\b(?:su|tu|sua|tua|seu|teu|il tuo|il suo|la tua|la sua) (?:\w+ ){0,2}?(?:cuenta|plan|suscripción|conta|plano|account|piano|abbonamento)\b"
        r"|\bcuenta remitente",
        sending=r"\b(?:env[ií]os?|enviar|enviad[oa]s|salientes?|saída|invio|inviare|inviat[ie]|in uscita)\b",
        barred=r"(?:suspendid|suspens|sospes|bloque|bloccat|desactiv|desativ|disattiv|deshabilit|inactiv|inativ|expir|scadut|prohibid|proibid|vietat"
        r"|no (?:est[áa] )?(?:verific|autoriz|activ))",
        used_up=r"(?:excedid|exced|superad|superat|alcanzad|raggiunt|agotad|esgotad|esaurit|atingid)",
    ),
    Tongue(  # Polish, Czech, Dutch
        roots="twoj pań vaš uw_ wysył wychodz odesl odesíl odchoz verzend uitgaand",
        ours=r"\b(?:twoje\w*|pań\w+|vaš\w*) (?:[\w\-]+ ){0,2}?(?:kont|skrzyn|pakiet|účet|schránk)\w*|\buw (?:\w+ ){0,2}?(?:account|postvak|abonnement)\b",
        sending=r"\b(?:wysyłani\w*|wysyłan\w*|wysyłk\w*|wychodząc\w*|odesílání|odeslan\w*|odchozí\w*|verzend\w*|uitgaand\w*)\b",
        barred=r"(?:zablokowan|zawieszon|wyłączon|nieaktywn|wygas|zablokován|pozastaven|zakázán|geblokkeerd|uitgeschakeld|opgeschort)",
        used_up=r"(?:przekrocz|wyczerpan|překročen|vyčerpán|overschreden|bereikt)",
    ),
    Tongue(  # Chinese, Japanese
        roots="您 你 发件 發件 发信 发送 寄件 寄信 发信 發信 外发 群发 送信 アカウント",
        ours=either(
            r"(?:您|你|發件人|发件人)的?(?:\w{0,4})(?:帐[户号]|账[户号]|帳[戶號]|邮箱|套餐|余额)|(?:发信|发送|发件人|寄件)(?:帐[户号]|账[户号])",
            r"アカウントの?送信|(?:発信|送信)者?の?アカウント|お客様のアカウント",
        ),
        sending=r"(?:发信|发送|外发|群发|寄信|發信|送信)",
        barred=r"(?:停用|禁用|禁止|封[禁停锁]|被封|冻结|凍結|锁定|过期|欠费|未(?:验证|激活|授权|开通)|暂停|停止|制限)",
        used_up=r"(?:超[过出限]|超過|上限|不足|用完|耗尽)",
    ),
)

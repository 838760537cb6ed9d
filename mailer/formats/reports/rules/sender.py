"""Replies that refuse us, the sender: they say nothing about the recipient, however permanent their code."""

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.rule import rule

# The sender is called unknown in the same words as a recipient.
_SENDER = (
    r"(?:absender|expéditeur|remitente|mittente|remetente|afzender|nadawc|odesílatel|odosielateľ|avsändar|afsender|avsender|lähettäj"
    r"|gönderen|gönderici|feladó|expeditor|αποστολέ|отправител|відправник|подател|发件人|發件人|发送者|寄件|送信(?:者|元)|보낸|발신)"
)
_UNKNOWN = (
    r"(?:unbekannt|existiert|ungültig|nicht|inconnu|inexist|n'existe|invalid|desconocid|no exist|no se|desconhecid|não|sconosciut|non esist"
    r"|onbekend|bestaat|niet|nieznan|nie istniej|neexist|neznám|okänd|ukendt|ukjent|tuntemat|bulunama|bilinme|ismeretlen|necunoscut|άγνωστ"
    r"|не (?:найден|существ|зарегистр|знайден|існу)|неизвест|невідом|несуществ|отклон|заблокир|不存在|找不到|无效|未找到|存在し|見つか|없|찾을 수)"
)

RULES = (
    rule(
        FailureReason.SENDER_REFUSED,
        "the sender is unknown or refused (in other languages)",
        rf"{_SENDER}\w*[^.;。]{{0,50}}{_UNKNOWN}|{_UNKNOWN}\w*[^.;。:]{{0,20}} {_SENDER}",
    ),
    rule(
        FailureReason.NO_PTR,
        "our server's IP address has no reverse DNS name, or one that does not resolve back to it",
        r"dns record[^.]{0,20} not found for|reverse dns|\brdns\b|\bptr\b|reverse lookup|ip name lookup failed|ip address .{0,40}resolv",
        r"cannot (?:find|resolve) your (?:host ?name|address)|unresolvable relay host|unverif[iy]+able sending ip",
        r"your (?:host ?name|ip(?: address)?|mail ?server)\b[^.]{0,40}(?:not (?:exist|found)|unknown)[^.]{0,10}\bin (?:the )?dns|(?:no|without) reverse|dynamic/residential|unresolvable (?:ip|client)",
    ),
    rule(
        FailureReason.AUTHENTICATION,
        "our mail did not pass SPF, DKIM or DMARC",
        r"\bspf\b|\bdkim\b|\bdmarc\b|sender id \(pra\)|purported responsible address|sender policy framework",
        r"unauthenticated (?:e-?mail|mail|messages?|senders?)|sender (?:is )?unauthenticated|authentication (?:level|requirements|checks?|information)",
        r"email is not authenticated|message (?:is )?not authenticated|not authorized to send (?:mail )?(?:from|on behalf)",
        r"not (?:designated|permitted|allowed) to send (?:mail )?(?:from|for|on behalf)|5\.7\.2[0-6]\b|5\.7\.515",
        r"invalid ip for sending mail of domain|domain .{0,80} mismatches client ip|authentication-results",
    ),
    rule(
        FailureReason.MEMBERS_ONLY,
        "a mailing list or group accepts mail only from members or from inside",
        r"not (?:a )?(?:valid |registered )?members?\b.{0,60}(?:list|\bml\b)|members?-only|non-?member|closed (?:mailing )?list",
        r"closed to (?:unknown|non|outside)|^(?:\d{3} )?(?:\d\.\d\.\d )?not a member\b|not allowed to post|not subscribed to|only (?:members|subscribers)|restricted list|permission to (?:post|write)|google groups",
        r"resolver.rst.notauthorized|delivery to this (?:address|recipient|group) is restricted|permission to send (?:messages |mail |e-?mail )?to (?:this|the)|nicht berechtigt[^.]{0,40}(?:senden|empfänger)|(?:нет|не имеете) (?:разрешения|права)[^.]{0,40}отправ|n'êtes pas autorisé|no tiene permiso|non (?:si )?dispone\w* (?:dell')?(?:autorizzazion|delle autorizzazion)|não tem permiss|nie masz (?:uprawnień|zezwolenia)|niet gemachtigd",
        r"sender not pre-?approved|authrequired|sendernotauthenticatedforgroup|not member article",
        r"only accepts? (?:messages|mail|e-?mails?) from|(?:group|list) .{0,120}(?:only accepts|doesn't accept|does not accept|isn't set up to receive)",
        r"allows? only|recipnotfound.{0,20}restrict|sender(?:s)? (?:is )?not (?:allowed|authorized|accepted) (?:by|to)",
    ),
    rule(
        FailureReason.LOGIN,
        "the server requires a login that our relay did not give",
        r"smtp[ -]auth|(?:smtp )?authentication (?:is )?(?:required|failure|failed|credentials|turned on)|must authenticate",
        r"authenticat(?:e|ion) (?:first|before)|authentification (?:requise|invalide)|does not advertise auth",
        r"pop before smtp|pop-before-smtp|check your (?:mail|pop) first|verification failure|unauthenticated sender",
        r"turn on smtp|(?:please|must) log ?in|client was not authenticated|550 5\.7\.0 authentication",
    ),
    rule(
        FailureReason.RELAYING,
        "the server does not relay to the recipient's domain: DNS or the relay is misconfigured",
        r"relay(?:ing)? (?:access )?(?:is )?(?:denied|not (?:permitted|allowed)|prohibited|operation rejected|rejected|attempt)",
        r"(?:not|unable|cannot|can't|won't|no|refuse|denied|decline|mail|as a|open|insecure mail) (?:to )?relay",
        r"relais refus|пересылка (?:\w+ )?запрещ|ретрансляция запрещ|weiterleitung (?:nicht|verweigert)",
        r"no relaying|not configured to relay|relay not|relaying (?:mail|is|through|to|of)|isn't in my list of allowed rcpthosts",
        r"not in (?:my|our|the) (?:list of )?(?:allowed )?(?:rcpthosts|relay|domain)|we do not relay|does not relay|third[- ]party relay",
        r"(?:email|mail) address is not verified|not (?:a )?local domain|not an open relay|non-accepted domain",
        r"not a (?:known|valid) (?:local )?domain|domain (?:is )?not (?:hosted|local|handled|served)|rcpthosts",
    ),
    rule(
        FailureReason.RATE,
        "we sent too much, too fast",
        r"too many (?:invalid |unknown |bad |wrong )?(?:unknown users|user|connection|message|email|mail|recipient|session|concurrent|rcpt|simultaneous|request)",
        r"(?:rate|sending|hourly|daily|connections?|messages?|quota) (?:of|limit)[^.]{0,40}(?:exceed|reach|hit)|rate[- ]?limit",
        r"exceeded (?:the |your )?(?:maximum |max |hourly |daily )?(?:rate|number of|connection|sending|message rate|recipients)",
        r"too much mail\b|\bcongest",
        r"(?:connection|receiving|sending) rate|throttl|too (?:fast|frequent)|slow down|unusual rate|unusually high|message rate",
        r"too (?:many|much) .{0,40}(?:from|per|this|in an|in one) .{0,10}(?:hour|minute|day|ip|host)|deferred due to (?:user complaints|unusual)",
        r"(?:invalid|unknown|bad) recipients? (?:limit|count|rate|threshold)|frequency limit|(?:daily|hourly|sending) limit|over its quota of|sent to too many|mail server has exceeded|limit on the number of",
        # A reader who receives too much in a time is not written to too fast by us.
        unless=r"recipient(?:'s| is| has) |\breceiving (?:mail|messages|too)|can receive\b|\b(?:incoming|inbound) (?:message |mail |rate )*limit|messages in (?:the |this |your )?mail ?box|in the \w+ header",
    ),
    rule(
        FailureReason.BLOCKED,
        "our server or domain is on a block list or has a bad reputation",
        r"spamhaus|spamcop|barracudacentral|\bsorbs\b|\brbl\b|\bdnsbl\b|uribl|\bcbl\b|abuseat|surriel|senderbase|invaluement|njabl",
        r"(?:black|block|deny|reject)[ -]?list(?!.{0,20}(?:recipient|users'))|reputation|poor (?:sender|ip)|banned (?:ip|host|sending)",
        r"(?:ip|host|client|server|network|domain|connection)[^.]{0,80} (?:is |was |has been |are )?(?:temporarily |currently |permanently )?(?:blocked|banned|barred|blacklisted|refused|rejected for)",
        r"blocked (?:using|by (?:rbl|spam|dns|our|the server|cloudmark|proofpoint|mimecast)|- see|for (?:abuse|spam)|due to(?! inactiv| non-?pay)|because of)",
        r"client host rejected|host rejected|(?<!not )listed (?:in|at|on|by) |your (?:ip|host|server|mail ?server|network|domain)\b[^.]{0,60}(?:block|refus|reject|denied|not (?:allowed|permitted|accepted)|listed)",
        r"not (?:currently )?accept(?:ing|ed)? (?:mail |e-?mail |connections? |messages? )?from (?:your|this|ip|the ip|dynamic|hosts?|servers?)",
        r"harvest(?:ing)? attack|client host ?name|host ?name in (?:helo|ehlo)|\b(?:helo|ehlo)\b[^.]{0,40}(?:invalid|not found|unknown|reject)|(?:invalid|bad|illegal|unknown)[^.]{0,30}\b(?:helo|ehlo)\b",
        r"(?:open proxy|dynamic ip|dial-?up|hosts? with dynamic|zombied?)|refused to talk to me: [45]\d\d[^4-5]{0,6}blocked|connections? (?:not|will not be) accepted",
        r"no access from|weren't sent|not allowed to connect|get lost|go away|bad sender ip|suspiciously like|confirm this mail server",
        r"mail from .{0,60}(?:refused|rejected|denied) .{0,30}(?:ip|black|host)|your access to (?:submit|this mail)|access from .{0,60}(?:blocked|denied)",
        r"\bs3150\b|\bs3140\b|\b(?:ofr|lpn)[\w ]{0,6}_(?:10[3-9]|110|51\d|999)|#dnsbl|too many spams? from|too much spam|sending spam|blacklisted",
        r"temporarily deferred|service refus|my name was rejected|invalid (?:helo|ehlo|domain name)|helo (?:command )?(?:rejected|access)|bad helo",
    ),
    rule(
        FailureReason.SENDER_REFUSED,
        "the address or domain in our MAIL FROM or From was refused",
        r"sender (?:address |domain |verif\w+ |is |was |e-?mail )*(?:is |was )?(?:reject|denied|refus|invalid|not (?:found|exist|accept|allow|valid|permit)|fail|unknown|undefined|must|does not|blocked|unable|empty|spammer)",
        r"(?:invalid|unknown|bad|unroute?able|null|empty|unverified|forged|illegal) (?:envelope )?sender|domain of sender|sender's domain|from: (?:domain|address|header)",
        r"your (?:e-?mail )?(?:mailbox|domain|host|account|address|server)\b(?: \S+){0,2} (?:(?:does not|doesn't|not) exist|unknown|not found|has no (?:valid )?mx|invalid|not valid)|sender's (?:e-?mail |mail )?(?:account|address|mailbox|domain|host)\b[^.]{0,40}(?:not exist|n't exist|unknown|not found|invalid)",
        r"invalid[^.]{0,30}\b(?:from|sender|reply-to)[: ]+(?:header|address|field|line)|invalid dns (?:mx|a\b)",
        r"(?:return[- ]path|mail ?from|envelope from|from address|from domain)[^.]{0,60}(?:invalid|reject|not (?:exist|owned|valid|allowed|accept)|denied|refus|fail|must|unknown|does not)",
        r"sender (?:verify (?!ok)|callout|validation)|callback setup failed|(?:callback|callout) (?:verification )?fail|sender was rejected|verify (?:the )?sender|emetteur invalide|sender(?:noa|.invalid)|badsendermx|reject mail from",
        r"(?:senders|from) domain .{0,60}(?:resolv|mx|exist)|'send mail as'|different address or alias|returned mail not accepted|bounce (?:messages? )?not accepted",
        r"sender(?: address)? verif\w+ ?:|(?:address|account|domain) you (?:sent|send|are sending|wrote) (?:mail |this )?from|return[- ]path[^.]{0,40} not found"
        r"|\b(?:sending|sender|client|relay|ip|helo|ehlo|your (?:\w+ )?(?:host|server|domain|system|name|address))\b[^.;]{0,40} (?:is|are) not (?:an? )?(?:valid|known|registered|local|legal|recogni[sz]ed)\b"
        r"|is not a (?:valid|known|registered) sender|not exist for sender",
        r"backscatter|spam reporting address|outgoing mail suspension|you (?:have been|are) blocked by the recipient|sender .{0,40}black",
        r"(?:unauthori[sz]ed|unregistered|not (?:an? )?(?:registered|authori[sz]ed|approved|permitted)) sender|(?:to|from) an address that has been blacklisted|we don't accept mail from",
    ),
)

# Names of block lists and of pages about a sender's reputation, in the links of a reply that says nothing else.
LINK = rule(
    FailureReason.BLOCKED,
    "the reply links to a block list",
    r"spamhaus|spamcop|barracudacentral|sorbs\.net|abuseat|surbl|uribl|uceprotect|spfbl|senderscore|senderbase|invaluement|mailspike"
    r"|talosintelligence|cloudmark|truncate|psbl|spamrats|abusix|dnswl|backscatterer|hostkarma|nixspam|returnpath|validity\.com"
    r"|\brbl|dnsbl|\bbl[.\-/]|black-?list|block-?list|\bblocked?\b|reputation|unblock|delist|ipcheck|rblcheck|mail-abuse|junkemailfilter|sendersupport|csi\.|dynamicip|dul\b",
)

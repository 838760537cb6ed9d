"""Replies of a relay about us: our account and plan there, and the address that we send as.

A server says the same of a reader's mailbox: suspended, over its quota. Only the subject tells them apart: "your account",
"sending", "outgoing", "your plan" are ours, whatever the code; a reply that also speaks of the recipient's is not read here.
"""

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.readers import OF_THE_MESSAGE, READERS
from mailer.formats.reports.rules.rule import either, letters, rule
from mailer.formats.reports.rules.tongues import ENGLISH, OTHERS, Tongue

_NEAR, _NEXT = r"[^.;。，]{0,70}?", r"\w*[^.;。，]{0,30}?"


def _is_barred(tongue: Tongue) -> str:
    """What is ours, or sending, with a word that bars it or says that it is used up, in either order."""
    wrong = f"(?:{tongue.barred}|{tongue.used_up})"
    return either(
        rf"(?:{tongue.ours}|{tongue.sending}){_NEAR}{wrong}",
        rf"{wrong}{_NEXT}(?:{tongue.sending})",
    )


_SEND = r"(?:allowed |permitted |authori[sz]ed |able )?(?:to )?send(?:ing)?"
# The identity that we send as.
_IDENTITY = either(
    # Amazon, SendGrid, Mailgun, Brevo.
    r"(?:e-?mail address|identit\w+|\bsender|\bfrom(?: address)?|(?:sender|sending|from|your) (?:domain|address)|sender signature|\bdomain)\b[^;]{0,60}?"
    r"(?:\bnot (?:yet |been |\w+ly )*(?:be )?(?:verified|validated|confirmed|activated|owned|approved(?! to post)|(?:an? )?authori[sz]ed sender|registered (?:in|with) your|configured (?:in|for) your)"
    r"|\bunverified|\bunvalidated)",
    r"\b(?:unverified|unvalidated|unconfirmed|unconfigured) (?:sender|sending|domain|from|identit)",
    r"does not match (?:a |any )?verified",
    # Postmark.
    r"not an? (?:\w+ ){0,2}(?:sender signature|verified|confirmed)\b[^.;]{0,30}\baccount",
    # Postfix (reject_sender_login_mismatch), Yandex, Tencent.
    r"not owned by|must (?:equal|match|belong|be (?:the )?same as)[^.;]{0,30}(?:auth|login|user|account)",
    r"(?:not|n't) (?:match|same|equal|belong)[^.;]{0,30}(?:auth\w+|logged|login|your account)\b",
    # Exchange.
    r"permissions? to (?:send (?:as|on|mail|e-?mail|out)|submit)|permissions? to send(?![^.;]*\bto\b)|sendas|send-as",
    rf"(?:not|n't|cannot|never) (?:be )?{_SEND} (?:mail |messages? |e-?mails? )?as\b",
    # Coremail, IceWarp, Zoho, MDaemon.
    r"not (?:logged in|local sender)|sender not allowed for|relaying disallowed as\b|account not subscribed|unauthenticated senders? (?:is |are )?not (?:allowed|permitted)",
    r"list of your account|not (?:associated|registered|configured|listed|linked|present|hosted|assigned|attached|set up)\b[^.;]{0,40} (?:your|the|this) (?:\w+ )?account",
    r"not (?:allowed|permitted|authori[sz]ed) (?:for|by|with) (?:this|your) (?:\w+ ){0,2}?(?:login|user|(?:sub-?)?account)",
    r"(?:\bfrom|\bsender|\byour)\b[^.;]{0,30} not (?:in|on|among)[^.;]{0,25}(?:allowed|verified|authori[sz]ed|permitted|approved) senders",
    # Without "from": a server that checks SPF says so of an IP address. Without "to": so does a list of its members.
    r"\bnot (?:\w+ly |yet |currently )?(?:allowed|permitted|authori[sz]ed|entitled|enabled) to (?:send|submit|relay|perform)\b(?! (?:\w+ ){0,2}(?:to|from|on behalf|for (?!more|help|details|further|info))\b)",
    r"\b(?:accounts?|users?|plans?|you|mail ?box) (?:cannot|can ?not|can't|may not|must not) send\b(?! (?:\w+ ){0,2}to (?:this|that|the)\b)",
    r"(?:verify|activate|confirm|validate|unblock|reactivate) your (?:\w+ )?(?:account|domain|phone|subscription|sender)\b",
    r"confirm your[^.;]{0,25} before (?:you )?send",
    # In other languages.
    r"неподтвержд[её]нн|отправител\w*[^.;]{0,30}не (?:подтвержд|принадлежит|совпада)",
    r"absender\w*[^.;]{0,40}nicht (?:\w+ ){0,3}(?:zugelassen|erlaubt|verifiziert|bestätigt|berechtigt|freigeschaltet)",
    r"expéditeur[^.;]{0,30}(?:non|pas) (?:été )?(?:vérifi|valid|autoris)|pas autorisée?s? à (?:envoyer|expédier)",
    r"发件人?\w{0,8}(?:不一致|不符|未验证|不匹配)",
)
_WORDS = either(
    # Microsoft, outbound mail: learn.microsoft.com, "Email non-delivery reports in Exchange Online".
    r"bad outbound sender|banned sender\b|spam abuse detected|tenant has exceeded|traffic not accepted from this ip|unregistered domain",
    r"storedrv·(?:submission|clientsubmit)|submissionquota|tenant(?:inbound)?attribution",
    # A plan that has to be paid for: SendGrid, Mailgun, Elastic Email, Brevo, hosts.
    r"\byou(?:'ve| have)? (?:exceeded|reached|used up|hit|run out)(?:(?!size|attach)[^.;]){0,40}(?:quota|limit|plan|credits|allowance|allocation|maximum number of (?:e-?mails|messages))(?!\w* (?:size|attach))",
    r"\b(?:bill|invoice|payment)\b (?:is |was )?(?:\w+ )?(?:overdue|unpaid|due|required|failed)|unpaid (?:bill|invoice)",
    r"upgrade\b[^.;]{0,20}(?:plan|account|subscription|package|\bsen[dt]|paid)|please upgrade(?:$|[.;!])|(?:buy|purchase|add|top up) (?:more )?(?:credits|e-?mails)",
    r"maximum credits|insufficient (?:funds|balance)|quota[^.;]{0,15}(?:subscription|plan|package)|(?:\bno|\bnot|n't|insufficient|out of|enough)[^.;]{0,20}\bcredits?\b(?! card)",
    r"account (?:quota|limit)[^.;]{0,40}(?:send|plan)",
    r"not (?:enabled|available|included|set up) (?:for|on|in|with) (?:your|this) (?:\w+ )?(?:plan|tenant|subscription)|balance[^.;]{0,20}(?:too low|negative)",
    # Activity of ours that alarms the relay: Zoho, hosts, Google.
    r"\b(?:sender|you)\b[^.;]{0,30}(?:blocked|suspended|disabled|banned)[^.;]{0,20}(?:for|of) (?:sending |)spam",
    r"(?:unusual|suspicious|abnormal) (?:sending|outgoing|outbound|activity[^.;]{0,30}(?:your|sen[dt]|out))",
    r"(?:\bsend|sending|out-?going|outbound|relay|submission|smtp) (?:\w+ ){0,2}quota",
    r"(?:disabled|blocked|suspended|banned|locked)[^.;]{0,30}(?:from sending|change (?:your|the) password)",
)

RULES = (
    rule(
        FailureReason.ACCOUNT,
        "our own relay does not let us send as this address",
        _IDENTITY,
        needs=(
            letters(
                "verif validat confirm owned must_ match same equal belong permission send submit relay perform logged local_sender subscri"
                " list_of_your account activat approved authori registered configured allowed_ permitted_ unblock"
                " подтвержд принадлежит совпада absender expéditeur autoris 发件"
            ),
            letters(
                "not n't unver unval unconf unauth unblock owned must permission send your relaying verif неподтв не_ nicht non pas 不 未"
            ),
        ),
        unless=READERS,
    ),
    rule(
        FailureReason.ACCOUNT,
        "our own relay does not let us send: our account or plan",
        _is_barred(ENGLISH),
        needs=(letters(ENGLISH.roots),),
        unless=either(READERS, OF_THE_MESSAGE),
    ),
    rule(
        FailureReason.ACCOUNT,
        "our own relay does not let us send: our account or plan (in other languages)",
        *(_is_barred(tongue) for tongue in OTHERS),
        needs=(letters(" ".join(tongue.roots for tongue in OTHERS)),),
        unless=either(READERS, OF_THE_MESSAGE),
    ),
    rule(
        FailureReason.ACCOUNT,
        "our own relay does not let us send, in its maker's words",
        _WORDS,
        needs=(
            letters(
                "sender tenant traffic domain detected storedrv submission tenantattribution you bill invoice payment upgrade buy purchase"
                " credit more_e add_e top_up_e funds balance quota account balance tenant plan subscription enabled sending outgo out-go outbound activity password send"
            ),
            letters(
                "outbound banned abuse exceeded traffic unregistered storedrv submissionquota tenantattribution reached used_up hit run_out"
                " overdue unpaid due required failed upgrade buy_ purchase add_ top_up maximum_credits insufficient quota credit limit"
                " not_enabled not_available not_included not_set too_low negative attribution blocked suspended disabled locked unusual suspicious abnormal"
            ),
        ),
        unless=READERS,
    ),
)

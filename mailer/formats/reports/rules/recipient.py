"""Replies about the recipient's address: moved, disabled, or unknown."""

import re

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.rule import rule
from mailer.formats.reports.rules.unknown_words import UNKNOWN

# A filter that refuses the content says "user unknown". A server that names the mailbox or the account has looked for it:
# mail.ru and Yahoo do so only after the content.
NO_MAILBOX = re.compile(
    r"(?:mail ?box|account|ящик|postfach|boîte|buz[oó]n|casella)\b[^.;]{0,80}(?:not found|n[o']t exist|no longer exist|unknown|invalid|: user not found|не найден|не существ)"
    r"|(?:invalid|no such|unknown|non-?existent|does(?:n't| not) have an?)\b[^;]{0,60}(?:mail ?box|account)\b",
    re.IGNORECASE,
)

RULES = (
    rule(
        FailureReason.FILTERED,
        "the recipient's own filter refused the message",
        r"recipient(?:'s)? preferences|user rules|refuse to receive|refuses? (?:to receive|this) mail|message filtered|mail filtered|user reject|privacy settings",
        r"only accepting mail from|has restricted sms|account is protected by|denied by (?:the )?recipient|not wish to receive|(?:blocked|rejected|refused) by (?:the )?(?:recipient|user|addressee)\b(?!(?:'s)? (?:e-?mail |mail )?(?:server|system|domain|host|organi[sz]ation|provider))",
        r"\brcp-p[23]|whitelist|not in (?:the )?recipient's|domain[- ]filter|recipient (?:does not|doesn't) (?:accept|want)|mail (?:is )?rejected by (?:the )?(?:owner|recipient)",
    ),
    rule(
        FailureReason.TAKES_NO_MAIL,
        "the domain accepts no mail (RFC 7505)",
        r"^521\b[^;]{0,80}(?:n't|not) accept(?:ing)? (?:any |network )?(?:messages|e-?mail|mail)\b(?! (?:from|with|that))|null mx|nullmx|(?:host|domain|site|system|server)[^.]{0,60}(?:does(?:n't| not)|never|will not|cannot) (?:accept|receive|take) (?:any )?(?:e-?)?mails?\b(?! (?:from|with|that|which|unless|without|at this|right now|now|over|larger))",
        r"(?:mx|srv) record indicated no smtp service|5\.7\.27 |\b556\b|no mail (?:is )?accepted here|domain (?:does not|doesn't) accept(?! (?:e-?)?mails? (?:from|with|that|unless))|not accept(?:ing)? any (?:e-?)?mail",
    ),
    rule(
        FailureReason.MOVED,
        "the recipient has moved and left no forwarding address",
        r"(?:mailbox|user|recipient|address|person|he|she)\b[^.]{0,60}(?:has |have )?(?:been )?(?:(?<!being )moved|changed|replaced by|relocated)(?! temporar)|new address is|no forwarding|no longer on (?:this |the )?server",
        r"not our customer|address changed|has left|left the company|no longer (?:with|works|employed|at this)|5\.1\.6|адрес изменен|уволен|больше не работает",
    ),
    rule(
        FailureReason.USER_UNKNOWN,
        "the server calls the address inactive",
        r"inactive (?:e-?mail )?address|not an active (?:e-?mail )?(?:address|user|account|mail ?box)\b",
    ),
    rule(
        FailureReason.SUSPENDED,
        "the mailbox exists but is disabled",
        r"(?:account|mail ?box|user|recipient|address|mailaddress|e-?mail|customer)\b[^.]{0,60}(?:is |has been |was |currently |temporarily |administrative?le?y )*(?:disabled|suspended|locked|deactivated|blocked|frozen|de-?activated|discontinued|on hold|inactive|limited)(?! using| by rbl| your| this message| the message)",
        r"(?:disabled|suspended|inactive|deactivated|locked|blocked|dormant|expired|closed) (?:account|mail ?box|user|recipient)|mail ?box unavailable or access denied|not an? active|not active|invalid/inactive",
        r"suspend the service|user suspended|delivery not allowed|account (?:is )?(?:closed|expired)|\brcp-t4|too old|пользователь[^.]{0,40}(?:заблокирован|отключ|неактив)",
        r"(?:ящик|аккаунт|уч[её]тная запись)[^.]{0,40}(?:заблокирован|отключ|неактив|приостановлен)|(?:compte|boîte)[^.]{0,40}(?:désactiv|suspendu|bloqué)",
        r"(?:cuenta|buz[oó]n|account|casella|conta|caixa)[^.]{0,40}(?:suspendid|desactivad|desativad|bloquead|inactiv[oa]|disattivat|sospes|bloccat)",
        r"(?:帐[户号]|账[户号]|邮箱|用户)[^。]{0,8}(?:冻结|停用|禁用|锁定|注销)",
        r"not allowed to receive|no mail will be accepted|account .{0,20}(?:terminated|cancel)|mailbox (?:is )?(?:currently )?unavailable, ?(?:try|please)|temporarily (?:disabled|unavailable|locked)",
    ),
    rule(
        FailureReason.USER_UNKNOWN,
        "the server does not know the recipient",
        r"(?:user|recipient|receiver|mail ?box|account|address|addressee|person|destination|login|adresse|subscriber|alias|rcpt|customer|local ?part|userid|to:)s?\b(?!(?:'s)? (?:e-?mail |mail |smtp )?(?:server|system|host)\b)[^.;]{0,90}(?:\bunknown\b|not (?:a )?(?:found|known|exist|local|listed|recogni[sz]ed|valid|present|registered|ok|defined|available here|located|here\b)|no longer (?:exist|valid|available|in use|active|accept)|does(?:n't| not) (?:exist|have an?)|(?:do|did)(?:n't| not) exist|non-?exist|invalid|(?<!service )is unavailable|is wrong|un(?:known|defined|recogni[sz]ed)|isn't (?:known|valid|listed)|wasn't found|could ?n[o']t be (?:found|resolved)|cannot be found|never existed|ungültig|unbekannt|inconnu)",
        r"(?:unknown|invalid|no such|non-?existent|nonexistent|bad|illegal|incorrect|unrecogni[sz]ed|undefined|nosuch|wrong|unable to find|cannot find|not a (?:known|valid|local|legal))[ _:-]{0,3}(?:or \w+ )?(?:local |virtual |destination |final |delivery |alias |e-?mail |mail |or )*(?:user|recipient|receiver|mail ?box|account|address|person|destination|name|e-?mail|local[ -]?part|rcpt|alias|subscriber|addressee|userid|customer|member)",
        r"user-unknown|userunknown|unknown_user|mail ?box (?:is )?(?:inactive|invalid)|address(?:es)? (?:was |were |is )?(?:unknown|invalid)|bad (?:destination|recipient)",
        r"no (?:mail ?box|account|user|one|body|longer (?:a )?valid|valid recipients?|recipients?)\b[^.]{0,40}(?:here|by that name|at this|found|exist|with (?:that|this)|available|bye|matching|\bname\b)|there is no (?:one|such|user|account)|no valid recipients|can't accept user|nobody here",
        r"user .{1,80} (?:unknown|not (?:found|listed|known|here))|\bunknown user|recipient(?:not)?found|recipnotfound|badrcptto|<[^>]{1,200}> (?:not found|unknown)|is not (?:a |an )?(?:valid|known|registered|local|legal)|unroute?able address|unrouteable|no route to (?:user|recipient)",
        r"does not exist|no longer (?:valid|available|in use|exist)|doesn't have an? .{1,80} account|has no mailbox|not a .{0,40}(?:account|user)\b|archived recipient|missing home|addressee unknown|domain not found|wasn't found at|name not allowed",
        r"not listed in|not in (?:the |our )?(?:address ?book|directory|domino|name|server|database)|recipients? (?:was|were) undeliverable|wrong or no longer valid|\b(?:rcp|int)-p1\b|no matches to nameserver|no existe|desconocid[oa]|destinatario .{0,40}(?:sconosciut|non|inexistente|inv[aá]lido)|inesistente|não existe|desconhecid",
        r"адресат\w* [^.]{0,30}(?:неизвест|не найден|не существ)|неверн\w+ (?:адрес|получател)|(?:ящик|аккаунт|уч[её]тная запись|пользователь)[^.;]{0,40} удал[её]н|нет такого|так\w{2} (?:пользовател|адрес|ящик|получател)\w* (?:нет\b|не )|не існує|не существует|неизвестн\w+ (?:пользоват|адрес|получат)|пользователь .{0,60}(?:не найден|не зарегистр)|не найден|получатель не|адрес\w* .{0,40}(?:не существ|неверн|недейств)|несуществующ|does not match any",
        r"(?:empf(?:ä|ae)nger|adresse|benutzer|destinataire|utilisateur)[^.]{0,60}(?:unbekannt|existiert|ungültig|nicht (?:gefunden|bekannt|vorhanden)|inconnu|invalide|n'existe|introuvable)|nie istnieje|nieznany|neexistuje|onbekend|bestaat niet|見つかりません|存在し(?:ない|ません)|不存在|ユーザー?不明",
        r"(?:the )?recipient name is not|badly formed|not reach.{0,20}recipient not|no such (?:local )?(?:part|name)|can(?:not|'t) (?:find|locate|resolve) (?:the )?(?:user|recipient|mailbox|address)|vdeliver: invalid|not our user|the name was not found|(?:account|mail ?box|user|address) (?:has been|was|is) (?:deleted|removed)\b|5\.1\.1 bad address|user_not_found|invalid final delivery",
    ),
    rule(
        FailureReason.USER_UNKNOWN,
        "the mailbox is unavailable, in RFC 5321's words for 550",
        r"mail ?box (?:for )?(?:<?\S{1,100}@\S{1,100} )?(?:is )?(?:unavailable|not available)(?! or access)",
        vague=True,
    ),
    rule(
        FailureReason.USER_UNKNOWN,
        "the server does not know the recipient (in other languages)",
        UNKNOWN,
        r"non-? ?existing (?:user|recipient|mailbox|address)|not in my validrcptto|recipient (?:mailbox )?(?:was )?not found|relay not permitted, no such",
    ),
    rule(
        FailureReason.HOST_UNKNOWN,
        "the domain of the address does not exist, or has no mail server",
        r"(?:host|domain|name service|dns)[^.;]{0,60}(?:unknown(?! error)|not found(?!, try)|does(?:n't| not) exist|non-?existent|not (?:exist|known|valid|resolv)|is (?:invalid|dead)|no such|nxdomain|no data known)(?!, try again)",
        r"(?:unknown|no such|bad|invalid|illegal|non-?existent|unresolvable) (?:mail )?(?:host|domain|destination (?:host|domain|system)|server)|name or service not known|5\.1\.2\b|5\.4\.4\b|bad destination (?:system|host)",
        r"because the domain is not reachable|couldn't find any host|mail exchanger or ip|domain (?:must|part)|no mx\b|all relevant mx|mx (?:record|lookup)[^.]{0,30}(?:fail|not found|missing|does not|invalid|points)|no (?:mail )?(?:exchanger|mx record|a record)|mail domain mentioned|nameserver not found",
        r"domain .{0,60}(?:couldn't|could not|can't|cannot) be (?:found|resolved)|couldn't be found|unrouteable (?:mail )?domain|can't resolve|unable to (?:look ?up|resolve) (?:host|domain)|domain[^.;]{0,80} not appear to be registered|no mail servers? appear|домен[^.]{0,40}не (?:существ|найден)",
    ),
)

# Tried late: a server that rejects the recipient without another reason does not know the recipient.
REJECTED = (
    rule(
        FailureReason.USER_UNKNOWN,
        "the server rejects the recipient and gives no other reason",
        r"5\.4\.1 (?:\S{1,120}: )?recipient address rejected: access denied|does not like recipient|rejected (?:address|recipient)|recipient (?:address )?(?:is |was )?(?:refused|not accepted|unacceptable|denied)",
        r"(?:address(?:es)?|recipient) (?:was |were |is )?rejected(?=[\s:]*(?:$|[^\w\s:]|\d|no such|undeliver|\S{1,80}@|[\w\-]+·\w))",
    ),
    rule(
        FailureReason.USER_UNKNOWN,
        "the server denies access to the recipient and gives no other reason",
        r"recipient (?:address )?(?:was |is )?rejected[\s:]*access denied",
        vague=True,
    ),
)

"""Decides whether a mail without RFC 3464 fields is a server's failure report or a person's letter."""

import re
from dataclasses import dataclass

from mailer.domain.bounce import SCOPES, Scope
from mailer.formats.reports import addresses, failed_addresses
from mailer.formats.reports.auto_reply_phrases import CHALLENGE
from mailer.formats.reports.body_text import BodyText
from mailer.formats.reports.classify import find_rule
from mailer.formats.reports.failure_words import FAILURE_WORD
from mailer.formats.reports.mime import MailPart
from mailer.formats.reports.smtp_reply import find_reply

_ANSWER = re.compile(
    r"^\s*(?:re|aw|antw|sv|vs|odp|res|rif|r|ответ|отв|fwd?|wg|tr|rv|enc|i|пересл|vb|doorst)(?:\[\d+\])?\s*:",
    re.IGNORECASE,
)
_SUBJECT = re.compile(
    r"undeliver|returned (?:mail|message|to sender)|return(?:ed|ing) (?:mail|message)|failure|failed|non-?deliver|not (?:been )?(?:be )?delivered|could(?:n't| not) be|bounce|delivery[ -](?:status|report|error|problem|notification|delay|has)"
    r"|mail (?:system )?error|errors from|delay(?:ed)?|mail delivery|deliverable|unable to (?:deliver|send)|error sending|message status|rejected|warning: (?:could|message)|mail could not|delivery fail|delivery is delayed|(?:are|is) not (?:a )?member|rejected posting|nondeliv|ndn:|ndr:|\[postmaster\]"
    r"|не доставлен|недоставлен|не може бути|не вдалося|не может быть доставлен|ошибк\w+ (?:доставки|при доставке)|сбой доставки|уведомление о состоянии|невозможно доставить|возврат|возвращен|задержк\w* доставки|доставка .{0,40}(?:задерж|не)|уведомление о (?:доставке|недоставке)"
    r"|unzustellbar|nicht zugestellt|zustellung|unzustellbarkeit|non remis|échec|notification d'état|non distribu|no se (?:pudo|puede|ha podido)|devuelto|no entregado|notificaci[oó]n de estado|mancata consegna|impossibile recapitare|não (?:entregue|foi poss)|falha na entrega|devolvid|niedostarcz|zwrot|nie dostarcz|nedoru[cč]|onbestelbaar|niet (?:bezorgd|afgeleverd)|kunde inte|ej levererat|utiltellelig"
    r"|banned contents|virus in your mail|considered unsolicited|配信(?:でき|エラー|不能|に失敗)|送信(?:でき|エラー)|メールエラー|返送|配送失败|退信|投递失败|系统退信|반송|배달|(?:전송|발송) ?실패|전달되지"
    r"|no se puede entregar|non (?:recapitabile|consegnat|distribuable)|não é possível entregar|mensagem não|(?:kan|kunde) inte (?:levereras|skickas)|(?:kan ikke|kunne ikke|ikke) lever|levering(?:s|en)? (?:mis|fejl)|ei voi(?:da|tu) toimittaa|toimit\w+ epäonnis|toimittamaton|teslim edile|iletilemedi|nedoručiteľn|kézbesíthetetlen|sikertelen kézbesítés|nelivrabil|imposibil de livrat|différée|verzögert|retrasad|ritardat|opóźni|zpožděn|försena|forsinke|vertraag|gecik|遅延|延迟|지연|не може да се достави|недоставен|недоставк|αδύνατη η παράδοση|δεν (?:παραδόθηκε|είναι δυνατή η παράδοση)|nije isporuč|nedostavljiv|nepristatyt|nav piegād|kättetoimetamat|không (?:gửi|thể gửi)|tidak terkirim|未送达|无法送达|无法投递|未能投递|無法(?:傳遞|送達|投遞)|未傳遞|לא ניתן למס|تعذر (?:التسليم|تسليم)|لم يتم التسليم",
)
_TEXT = re.compile(
    r"undeliver|could ?n(?:o|')t be (?:delivered|sent|reached)|(?:was|were|is|been|being) (?:not|n't) (?:been )?(?:delivered|able)|wasn't able to deliver|not (?:yet )?(?:been |be )?delivered|(?:was|were)(?:n't| not) delivered|unable to deliver|failed to deliver|could not deliver|cannot be delivered|can't be delivered|cannot deliver"
    r"|delivery (?:to|of|has|failed|failure|error|status|attempts?|problems?|of your)|did not (?:reach|receive)|not reach|delivery failed|permanent (?:fatal )?error|fatal error|returned (?:to sender|mail|below|message)|failed recipient|failed address|following (?:address|recipient)|rejected (?:by|because|for)|message (?:was|has been) rejected|was rejected|error(?:s)? (?:was|while|has occurred|delivering|sending)"
    r"|trouble delivering|transcript of (?:the )?session|delivery system|mail system|recipient (?:not|unknown)|unknown (?:user|recipient|address)|user unknown|mailbox (?:is )?(?:full|unavailable)|delayed|automatically rejected|no such (?:user|e-?mail|address|recipient|mailbox|account)|unable to be (?:sent|delivered)|rejected (?:the|your) message|not a member|smtp error|said: [45]\d\d|<<< [45]\d\d|not listed in|problems? (?:delivering|sending)|has been (?:delayed|returned)|bounced|intended recipient|will be retried|delay reason|not transmitted|nondelivery|recipients? (?:of your|are|is|was|were|has|have)"
    r"|delivery userid|не може бути|не вдалося доставити|не (?:может|могло|удалось|смог\w*|было|был\w*)[^.\n]{0,60}(?:достав|отправ)|не доставлен|недоставлен|сбой доставки|доставка не|ошибка|вернул|невозможно доставить|отклонен"
    r"|nicht (?:zugestellt|erreicht|ausgeliefert)|unzustellbar|n'a (?:pas )?pu être|pas été (?:remis|distribu|délivr)|impossible de (?:remettre|délivrer)|no (?:pudo|puede|ha podido|se pudo|se ha)[^.\n]{0,30}(?:entreg|ser)|non (?:è stato|può essere|recapit)|impossibile (?:recapitare|consegnare)|não (?:foi|pôde|pode)[^.\n]{0,40}entreg|nie (?:mog|został|dostarcz|udało)|nelze doručit|nebyl[ao]? doruč|kan niet|niet (?:worden )?(?:bezorgd|afgeleverd)|kunde inte"
    r"|配信(?:でき|に失敗|エラー)|送信(?:でき|に失敗)|失敗しました|届きません|无法(?:投递|送达|发送)|退回|배달|전송하지 못|보내지 못|does not exist|doesn't exist",
)
# First lines of servers' reports, which no person would write.
_OPENING = re.compile(
    r"this (?:message|report|e-?mail|mail|is an?|notification)[^.\n]{0,60}(?:created|generated|automatic)|this is the [^\n]{0,80}(?:program|agent|mail(?:er)? (?:system|server|daemon)|service|server)|hi\. (?:this|the)|i'm sorry to have to inform|the original message was received|your (?:message|mail|e-?mail)\s*$"
    r"|(?:your|the|a) (?:following )?(?:message|mail|e-?mail)[^.\n]{0,120}(?:not|n't|undeliver|fail|reject|delay|unable|return)|-{2,}[^\n]{0,60}(?:address|failure|failed|transcript|error|delivery)|we had trouble|transcript of (?:the )?session|sorry[,.]? (?:we|your|unable|i)|delivery (?:to|of|failed|has|failure|status)|unable to deliver|message from|undeliverable|unknown (?:user|host)|user(?:'s)? mailbox|there was an error|an error (?:has )?occurred"
    r"|could not be delivered|mail (?:could|delivery)|failed to deliver|message could not|address(?:es)? (?:could|had)|it was not possible|unfortunately|we're sorry|could not deliver|we were unable|could not send|you are not a member|invalid final|delivery userid|это письмо (?:создано|сформировано)|к сожалению|ваш лист|ваше (?:письмо|сообщение)|сообщение[^\n]{0,60}не |diese nachricht wurde automatisch|ihre (?:nachricht|e-mail)|ce message|votre message|su mensaje|il messaggio|sua mensagem|<[^<>@\s]+@[^<>\s]+>",
)
_DELAYED = re.compile(
    r"(?:warning(?!: \S{1,80}@)|delay(?:ed)?\b|still being retried|not yet been delivered|will (?:continue|keep) (?:to )?(?:try|retr|attempt|be)|attempts will continue|will be (?:retried|repeated|made)|temporary failure report|warning only|just a warning|advisory-only|(?:do|need) not (?:need to )?re-?send|no action is required|has been postponed|warnung|verzögert|задерж|будут продолжены|попытки доставки|ainda não|retrasad|retardé|différée?|en attente|ritardat|in ritardo|atrasad|opóźni|zpožděn|oneskor|försena|forsinke|vertraag|viiväst|gecik|késleltet|întârzi|забавен|затрим|遅延|遅れて|延迟|延遲|지연)",
)
_FINAL = re.compile(
    r"permanent(?:ly)?|given up|giving up|gave up|fatal|will not be (?:re|deliver|attempt)|not be (?:retried|attempted)|deleted from queue|too long|returned to sender|could not be delivered for \d",
)
_GREETING = re.compile(
    r"\W{0,3}(?:(?:hi(?! there|\.)|hallo(?!\.)|ol[aá]|hej|beste|madame)\b|dear\b|hello\b|good (?:morning|day|afternoon)|здравствуй|добрый|уважаем|привет|шановн|добрий|sehr geehrte|liebe|guten|bonjour|chère|cher\b|monsieur|estimad|hola\b|gentil|buongiorno|prezad|geachte|szanown|dzień|dobrý|vážen|kære|kjære|hyvä|sayın|merhaba)"
)
# A server that greets says what it is.
_INTRODUCTION = re.compile(
    r"\bthis is (?:the|an?)\b[^.\n]{0,60}(?:server|system|daemon|program)\b|hier ist (?:der|das)\b[^.\n]{0,40}(?:server|system|programm)"
)
# The number of a help desk case in the subject.
_TICKET = re.compile(
    r"(?:\b(?:case|ticket|request|incident)\b|обращени\w+|заявк\w+)\W{0,4}\d{3,12}\b|[#№]\W?\d{4,12}\b|\[\d{4,12}\]",
    re.IGNORECASE,
)
_MAIL = re.compile(r"message|mail|member|nachricht|mensa|письм|сообщен|лист|メール|邮件|郵件|메일")
# Fields that only programs put on reports, whoever the author is.
_REPORT_FIELDS = ("x-failed-recipients", "x-ms-exchange-message-is-ndr", "x-dsncontext", "x-ms-embedded-report")
_REJECTION = re.compile(
    r"reject|refused|could not be (?:delivered|accepted)|not (?:been )?(?:delivered|accepted)|undeliver|quota|отклонен|не доставлен"
    r"|abgelehnt|zurückgewiesen|rejet|refus|rechazad|rifiutat|recusad|rejeitad|geweigerd|odrzucon|拒否|拒绝|reddedil"
)
_VIA_LIST = re.compile(r"^\W*(.{3,80}?)\W{1,3}via .{1,80}<", re.IGNORECASE)
# The record of a conversation in which our own server was the one that answered.
_ANSWERED = re.compile(r"^[ \t]*Out: [2-5]\d\d[ \-].*\n(?:.*\n){0,40}?[ \t]*In: ", re.MULTILINE)
_LIST_FIELDS = ("list-id", "list-unsubscribe", "list-post")


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """Signs for and against a server's failure report."""

    daemon: bool  # the sender is a server
    robot: bool  # the sender is some program such as no-reply, which writes about mail
    null_path: bool  # the return path is empty, as RFC 5321 §4.5.5 requires of reports
    subject: bool  # the subject mentions a failure
    answer: bool  # the subject is that of a reply, a forward or a help desk case
    listed: bool  # the mail came through a list, as newsletters do, and whatever a group passes on to its office
    text: bool  # the text mentions a failure
    greeting: bool  # the text greets a person, and not from a mailer-daemon: a postmaster also writes letters
    reply: bool  # the text quotes a server's refusal, whatever its language
    opening: bool  # the text opens with words that only servers use
    first_line: bool  # it does so in its first line, where a person would greet, and mentions mail
    reason: bool  # the text opens with an address and the words of a refusal
    words: bool  # text or subject has a word of failure or delay, in any language
    challenge: bool  # a program of the recipient asks for a confirmation, after which it delivers

    @property
    def is_failure(self) -> bool:
        """Whether the signs suffice for a server's report; one alone never does."""
        if self.challenge or not (self.words or self.reply):
            return False
        if not self.text and not (self.daemon and (self.reply or self.subject or self.reason)):
            return False
        if self.answer and not (self.daemon and self.opening):
            return False
        if self.greeting and not self.reply:
            return False
        is_plain = self.null_path or self.opening or self.subject or self.reply
        if self.listed and (self.greeting or not (self.daemon and is_plain)):
            return False
        if self.daemon:
            return self.subject or self.null_path or self.opening or (self.reason and not self.greeting)
        if self.null_path:
            return self.subject or self.opening or self.reply
        return self.subject and (self.first_line or self.robot)


def gather_evidence(mail: MailPart, body: BodyText) -> Evidence:
    """The signs for and against a failure report."""
    subject = mail.get("subject")
    # The patterns above are in lower case: re.IGNORECASE would take several times as long.
    own_lines = [line for line in body.lines if line.strip() and not line.lstrip().startswith((">", "|"))]
    paths = mail.all("return-path")
    beginning = "\n".join(line.strip() for line in own_lines[:6])
    sender = mail.get("from")
    null_path = addresses.is_null(paths)
    has_path = bool(paths) and not null_path
    listed = any(mail.has(name) for name in _LIST_FIELDS)
    is_failure = bool(_SUBJECT.search(subject[:300].lower()))
    # Shops and newsletters call themselves "Delivery Status" or "Postmaster Blog": if the return path is not empty, or
    # there are fields of a list, only the sender's address counts, not the name.
    address = addresses.first(sender) or sender
    daemon = (
        (mail.has("from") and addresses.is_daemon(address if has_path or listed else sender))
        or (has_path and addresses.is_daemon(paths[0]))
        or any(mail.has(name) for name in _REPORT_FIELDS)
        or any(map(addresses.is_daemon, _authors_before_list(mail)))
        or (is_failure and bool(body.returned) and addresses.is_daemon(sender))
    )
    not_a_person = not has_path or addresses.is_daemon(paths[0])
    first_line = beginning.partition("\n")[0][:300].lower()
    own_text = "\n".join(own_lines)[:12_000]
    reply = find_reply(own_text)
    may_open = daemon and not_a_person and not is_failure and "@" in beginning  # else nothing hangs on it
    words = bool(FAILURE_WORD.search(f"{subject[:300]}\n{own_text}".lower()))
    return Evidence(
        daemon=daemon,
        robot=not paths and addresses.belongs_to_server(address) and bool(_MAIL.search(body.text[:600].lower())),
        null_path=null_path,
        subject=is_failure,
        answer=bool(is_answer(subject) or _TICKET.search(subject[:300])),
        listed=listed,
        text=bool(_TEXT.search(own_text.lower())),
        greeting=not null_path
        and not addresses.is_null([address])
        and bool(_GREETING.match(first_line))
        and not _INTRODUCTION.search(beginning[:300].lower()),
        reply=reply.code is not None or reply.status is not None,
        opening=bool(_OPENING.search(beginning[:1200].lower())),
        first_line=bool(_OPENING.match(first_line) and _MAIL.search(first_line)),
        reason=may_open and (find_rule(beginning[:600]) is not None or (words and _names_stranger(mail, beginning))),
        words=words,
        challenge=not daemon and reply.code is None and bool(CHALLENGE.search(own_text[:4000])),
    )


def _names_stranger(mail: MailPart, beginning: str) -> bool:
    """Whether the text opens with an address that is neither ours nor the server's, and is no answer of a program."""
    if mail.get("auto-submitted").lower().startswith("auto-replied"):
        return False
    ours = addresses.find(f"{mail.get('to')} {mail.get('from')} {mail.get('reply-to')}", limit=20)
    return any(not addresses.contains(ours, address) for address in addresses.find(beginning, limit=5))


def _authors_before_list(mail: MailPart) -> list[str]:
    """Whom a mailing list names as the author of a mail whose From it has rewritten: "Mail Delivery System via Office"."""
    name = _VIA_LIST.match(mail.get("from"))
    authors = [
        mail.get("x-original-from"),
        mail.get("x-original-sender"),
        *([name[1], mail.get("reply-to")] if name else []),
    ]
    return [author for author in authors if author]


def is_server_note(mail: MailPart, body: BodyText) -> bool:
    """Whether our server shows its postmaster what a stranger wrote to us in vain; no letter of ours has failed."""
    if not _ANSWERED.search(body.text[:8000]):
        return False
    readers = addresses.find(mail.get("to"), limit=20)
    recipients = failed_addresses.find_in_transcript(body.text)
    return bool(recipients) and all(addresses.share_domain(readers, recipient) for recipient in recipients)


def greets(body: BodyText) -> bool:
    """Whether the text begins with a greeting, as a letter does."""
    return bool(_GREETING.match(next((line.strip().lower() for line in body.lines if line.strip()), "")))


def is_answer(subject: str) -> bool:
    """Whether the subject is that of an answer or of a mail that is passed on."""
    return bool(_ANSWER.match(subject))


def is_rejection(mail: MailPart, body: BodyText) -> bool:
    """Whether a notice of what became of a message says in words that it was rejected."""
    words = f"{mail.get('auto-submitted')} {mail.get('subject')[:200]} {body.text[:600]}"
    return bool(_REJECTION.search(words.lower()))


def is_delay(mail: MailPart, body: BodyText) -> bool:
    """Whether the report says that the server will keep trying."""
    text = body.text[:4000].lower()
    subject = mail.get("subject")[:300].lower()
    if re.search(r"failure|failed|undeliver|returned", subject) and _FINAL.search(text):
        return False
    if _DELAYED.search(subject):
        rule = find_rule(subject)  # a subject that names a dead address warns of no delay
        return rule is None or SCOPES[rule.reason] is not Scope.ADDRESS
    return bool(_DELAYED.search(text)) and not _FINAL.search(text)

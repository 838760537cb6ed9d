"""Replies about the message itself: too big, infected, spam, or against a policy; and about full mailboxes."""

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.rule import letters, rule

RULES = (
    rule(
        FailureReason.TOO_BIG,
        "the message is bigger than the server or the recipient accepts",
        r"message (?:size|length|is|was|file|body)?[^.]{0,30}(?:too (?:big|large)|exceed)|message (?:is |was )?too long|(?:size|length) (?:of (?:the |this )?(?:message|mail)|exceed|limit)",
        r"(?:message|mail|e-?mail|file|attachment|data|header|body) (?:is |was |size |length )*too (?:big|large)|too large for|recipsizelimit|sizelimit",
        r"maximum (?:message|mail|allowed)? ?(?:size|length)|max(?:imum)? size|(?:fixed|max(?:imum)?) message size|larger than|databytes|max message size",
        r"(?:message|mail) exceed|exceeded? (?:the |maximum |allowed |fixed )*(?:message|mail)? ?(?:size|length)|size (?:is )?(?:over|above|greater)",
        r"(?:сообщени\w|письмо)[^.]{0,30}(?:слишком (?:бол|вели)|превыша)|(?:не принимает|отклон\w+)[^.]{0,30}так\w+ размер|trop (?:volumineux|gros)|troppo grande|demasiado grande|muito grande|te groot|zbyt duż|příliš velk|för stor\b|for stor\b|çok büyük|túl nagy|邮件(?:太大|过大|大小超)|サイズ(?:が|の)?(?:大き|超過|制限)|크기(?:가)? 초과|размер[^.]{0,30}превы|nachricht .{0,20}zu groß|message trop (?:gros|volumineux)|mensaje .{0,20}demasiado grande",
    ),
    rule(
        FailureReason.VIRUS,
        "a virus filter refused the message",
        r"virus|malware|trojan|infected|worm\b|eicar|phish|mailscanner|вирус",
    ),
    rule(
        FailureReason.SPAM,
        "a spam filter refused the message",
        r"\bspam|unsolicited|\bube\b|\buce\b|bulk (?:e-?)?mail|junk|spam(?:assassin|med)|high-?probab|rejete|mass mail(?:er|ing)",
        r"message (?:looks|appears) (?:like|to be)|advertis|recurrent pattern|content filter|block(?:ed|listed) url|\burls?\b[^.]{0,30}(?:is |are )?(?:listed|blocked|blacklisted)|surbl|bulk.adv|cloudmark|likely suspicious",
        r"спам|нежелательн|gtube|spam-?verdacht|contains? (?:a )?(?:suspicious|blocked|forbidden) (?:url|link)",
    ),
    rule(
        FailureReason.CONTENT,
        "a header, an attachment or the form of the message was refused",
        r"(?:message |mail )?content (?:is |was |has been )?(?:reject|not|refus|denied|unaccept|block)|unacceptable content|banned (?:content|attachment|file)",
        r"attachments?\b[^.]{0,60}(?:block|not|reject|remov|banned|prohib|forbid|illegal|danger|allow|limit|policy|too\b|contain|type|extension|name|size)|(?:block|bann|illegal|reject|prohibit|forbid|unacceptable|danger|unsafe|contain|suspicious|executable|invalid|bad)\w*[^.]{0,40} attachment|duplicate header|multiple (?:addresses|from|instances)|headers? (?:error|fail|not|line|missing|syntax)|headers? (?:is|are) not accepted|missing (?:header|date|from|message-id|subject)",
        r"(?:invalid|bad|malformed|improper|illegal) (?:header|mime|message|line|content|8bit|character)|bare ?(?:lf|cr|line)|rfc ?(?:2822|5322|822(?!;)|5321|2821)|not (?:rfc|compliant)|non-?compliant",
        r"line (?:is )?too long|mime (?:error|boundar|header)|body (?:type|part)|embedded images|encrypt|\bcharset\b|conversion|8bitmime|smtputf8|non-?ascii",
        r"subject (?:header|line|is)|blocked (?:content|file|extension)|content presents a|rejecting banned|\bpol-p\d|\bmsg-p\d",
    ),
    rule(
        FailureReason.POLICY,
        "a policy of the other side, without details",
        r"policy|policies|prohibited by|protocol violation|administrative prohibit|administrat(?:or|ively)[^.]{0,20}(?:prohibit|denied|reject)",
        r"not accepted for|rejected for|low priority|denied by|security (?:reason|violation|filter)|mail flow rule|compliance|transport.rules|quarantin",
    ),
)

# Replies about a full mailbox also mention sizes and limits, so these rules are tried before those above.
FULL = (
    rule(
        FailureReason.SERVER_FULL,
        "the disk of the other server is full",
        r"insufficient (?:system )?(?:disk|storage|space)|not enough (?:disk|free) space|no space left|disk full|system storage|out of (?:disk|space)",
        r"insufficient system|low (?:on )?disk|\bmail system full",
    ),
    rule(
        FailureReason.MAILBOX_FULL,
        "the recipient's mailbox is full",
        r"(?:mail ?box|in-?box|mail ?folder|mail ?drop|account|maildir|user|recipient|space|storage|box|quota)\b[^.;]{0,60}(?:\bfull\b|over (?:the |its |their |his |disk )?(?:allowed |storage )?quota|over quota|exceed\w* (?:the |its |their |his |your |allocated |allowed |maximum |disk |storage |mail ?box )*(?:quota|storage|size|space|limit|allocation|local)|used up|no space)",
        r"(?:disk |mail ?box |storage |mail |user |disc )?quota (?:is |has been |was |usage |limit |size )*(?:exceed|full|reach|violat|error)|over ?quota|out of (?:quota|storage)|full mail ?box",
        r"exceed(?:s|ed|ing)? (?:the |its |their |his |your |maximum |allowed |allocated |disk |storage |mail ?box |available )*(?:quota|storage)|not enough (?:storage |mailbox )?space|insufficient (?:mailbox )?(?:space|quota|storage)",
        r"(?:user|recipient|mailbox|account)\b[^.]{0,40}(?:too many messages|too much (?:mail|data)|has too many|no (?:more )?space|not have enough space|would exceed)|too much mail data",
        r"mailbox (?:size )?limit|size limit for this mailbox|storequotaexceeded|quota_exceeded|quotaexceeded|exceeded storage allocation|reached (?:its |their |the )?(?:disk |storage )?(?:quota|limit)|exceeded the local limit",
        r"message (?:store|box) (?:is )?full|user is over|is over (?:the |its )?(?:maximum|disk|quota)|mailbox for .{0,80} is full|receiving limits|boite (?:du destinataire )?pleine|bo[iî]te (?:aux lettres )?pleine",
        r"(?:ящик|квота|хранилищ)[^.]{0,60}(?:переполн|заполнен|превыш|исчерпан)|переполнен|превышен[аоы]? (?:квота|размер (?:почтового )?ящика)|postfach (?:ist )?(?:voll|überfüllt)|speicherplatz",
        r"postfach[^.]{0,40} voll\b|dépassé son quota|bo[iî]te[^.]{0,60} (?:est )?pleine|buz[oó]n[^.]{0,60} lleno|excedido su cuota|cuota[^.]{0,30}excedid|casella[^.]{0,60} piena|quota[^.]{0,20}superata|caixa[^.]{0,60} cheia|(?:postbus|postvak|mailbox)[^.]{0,60} (?:is )?vol\b|skrzynka[^.]{0,60} (?:jest )?(?:pełna|przepełniona)",
        r"(?:postlåda|brevlåda|postkasse|postboks|indbakke)\w*[^.]{0,60} (?:är |er )?(?:full|fuld)|postilaatikko[^.]{0,40} täynnä|kutusu[^.]{0,30} dolu|kota(?:sı)? (?:aşıl|dol)|(?:postafiók|postaláda)\w*[^.]{0,40} megtelt|γραμματοκιβώτιο[^.]{0,60} πλήρες|скриньк\w[^.]{0,60}переповнен|(?:закончилось|нет|недостаточно) (?:свободного )?мест|邮箱(?:空间|容量)(?:不足|已满)|信箱已滿|사서함[^.]{0,20}(?:가득|꽉|초과)|(?:편지함|메일함|메일박스)[^.]{0,10}(?:초과|가득)|容量を超え|容量オーバー",
        r"(?:mail ?box|inbox) (?:ist |est |est[aá] |è |jest )?(?:llen[oa]|voll|pleine?|pien[oa]|chei[oa]|pełn\w|переполнен)|casella (?:di posta )?piena|buz[oó]n (?:est[aá] )?lleno|caixa (?:postal )?cheia|skrzynka .{0,20}pełna|schránka .{0,20}plná|postvak (?:is )?vol|メールボックス.{0,12}(?:いっぱい|一杯|容量)|邮箱.{0,6}满",
        needs=(
            letters(
                "full quota exceed used_up space storage too_ limit reached is_over user_is_over allocation mailbox_for переполн переповнен заполнен"
                " превыш исчерпан voll überfüllt speicher plein lleno llena excedid dépassé piena pieno superata chei _vol peł przepeł"
                " fuld täynnä dolu aşıl kota megtelt πλήρες закончилось недостаточно нет_ plná 满 不足 已滿 가득 꽉 초과 容量 いっぱい 一杯"
            ),
        ),
    ),
)

"""Replies about transport: time-outs, unresolved names, loops, and errors of other servers."""

from mailer.domain.bounce import FailureReason
from mailer.formats.reports.rules.rule import rule
from mailer.formats.reports.rules.unknown_words import SERVER_UNKNOWN

# Words about the network alone, tried first: elsewhere "refused" and "not found" mean other things.
CONNECTION = (
    rule(
        FailureReason.NETWORK,
        "the connection failed or broke",
        r"connect(?:ion)? (?:to .{1,120}: ?)?(?:was )?(?:refused(?! by .{0,40}policy)|reset|dropped)|no route to host|lost connection|network is unreachable|host not found, try again|temporary (?:name|dns|lookup)|lowest numbered mx record points to local host|host name lookup failure|name ?server (?:reply|timeout|failure)|servfail|dns (?:server )?(?:time-?out|timed out)|lookup failed temporarily|name server: .{0,80}(?:timeout|try again)",
        r"(?:recipient|destination|remote|receiving|user)(?:'s)? (?:e-?mail |mail |smtp )?(?:server|system|host) (?:is |was |are )?(?:currently |temporarily )?(?:unavailable|not available|down\b|unreachable|could not be (?:found|reached|contacted))",
        SERVER_UNKNOWN,
        r"\bcertificate\b|(?:tls|ssl) handshake|handshake failure|unknown ca\b|\btlsa\b|mta-sts",
    ),
)

# Tried before the rules about the recipient, whose mailbox may be "too old" as well.
EXPIRED = (
    rule(
        FailureReason.TIMEOUT,
        "the message stayed in the queue too long",
        r"(?:delivery|message|mail|queue\W)(?: has)? ?expired|message too old|(?:have|has) been failing for a long time",
    ),
)

# Tried early: a failing program behind the mailbox may say "no such user" about its own account.
PROGRAM = (
    rule(
        FailureReason.USER_UNKNOWN,
        "the delivery program does not know the mailbox",
        r"invalid user specified|maildrop: (?:unknown|no such)|unknown or illegal user|mail.local: unknown|vdeliver: invalid",
    ),
    rule(
        FailureReason.SERVER,
        "a delivery program behind the mailbox failed",
        r"(?:user|recipient|mailbox|account) (?:database|backend|directory server) (?:is )?(?:not (?:found|available)|unavailable|error|failed)|procmail|maildrop|mailer error|command (?:died|failed|output|crashed|time)|pipe to \||\|\| exit|x-unix; ?\d|local (?:delivery )?agent|can't create (?:user )?output|bad interpreter",
        r"exited with|returned status|service unavailable.{0,20}\|",
    ),
)

RULES = (
    rule(
        FailureReason.GREYLISTED,
        "the server greylists unknown senders: try again later",
        r"gr[ae]y-?list|4\.7\.1 .{0,60}try again|greet pause|postgrey|please try (?:again )?later.{0,20}grey",
    ),
    rule(
        FailureReason.LOOP,
        "the mail is in a loop",
        r"\bloop|too many hops|hop count|hops? exceeded|loops back|too many received|mail forwarding",
    ),
    rule(
        FailureReason.TIMEOUT,
        "the other server did not answer in time",
        r"timed? ?out|time-?out|too long|retry time|giving up|gave up|expired|queue (?:time|period|life)|within \d+ (?:days?|hours?)|in (?:the )?queue|delivery time|not (?:been )?(?:delivered|collected) (?:after|within|for)|after \d+ (?:tries|attempts|hours|days)",
        r"delivery failed \d+ attempts|multiple retries|could not be delivered for (?:more than )?\d|retr(?:y|ies) (?:limit|exhaust)|keeps? failing|(?:не отвечает|не ответил)|n'a pas répondu|nicht (?:geantwortet|reagiert)|no (?:ha )?respond\w+|non (?:ha )?rispo\w+|não respond\w+|nie odpowiada|neodpovíd|没有响应|没有回应|応答(?:が|し)(?:あり)?ません|응답하지|истек|время ожидания|not responding|(?:did|does) not (?:respond|answer)|no response|unable to deliver this message after",
    ),
    rule(
        FailureReason.NETWORK,
        "no connection to the recipient's server",
        r"connect(?:ion|ing)? (?:to .{0,120})?(?:was |is )?(?:refused|reset|dropped|lost|closed|failed|error|aborted)|refused connection|no route to host|network (?:error|is|unreach)|unreachable|lost connection|couldn't connect|could not connect|not able to establish|wasn't able to (?:establish|connect)",
        r"(?:unable|failed) to (?:connect|open|establish|contact|reach)|name ?server|\bdns\b|host name lookup|lookup fail|try again|not found, try|name service error|resolve(?!r\W)|unrouteable|socket error|not accept our requests to connect|cannot connect|broken pipe|unexpected(?:ly)? (?:close|disconnect|end)|dropped by remote",
        r"starttls|\btls\b|\bssl\b|certificate|handshake|bad connection|conversation with .{0,120}timed|соединени|no smtp connection|temporarily refusing (?:connections|mail)|greeting failed|could not deliver the message in the time",
    ),
    rule(
        FailureReason.SERVER,
        "the other server has an error of its own",
        r"system (?:error|config|not|problem|resources|failure|unavail)|internal (?:server |mail |software |processing )?error|configuration error|misconfigur|local (?:error|problem|configuration)|temporary (?:local |system |server |lookup |dns |mail ?box )?(?:problem|failure|error|fail|lookup)|server (?:error|busy|configuration|problem|failure|unavail|too busy)",
        r"service (?:is )?(?:currently |temporarily )(?:not available|unavailable|refused)|transaction failed|queue file|ldap|database|mdb\b|backend|cannot (?:open|create|write|append|update|lock)|unable to (?:lock|open|create|write|contact)|write error|read error|i/o error|permission denied|interrupted system call|resources temporarily|insufficient (?:memory|resources)|remote protocol error",
        r"routing|not implemented|unsupported|bad (?:command|sequence)|command (?:not|unrecogni|unknown|reject)|syntax error|protocol error|unspecified error|timeout waiting|technical (?:problem|reason)|maintenance|recipient error|overload|busy|\b4\.3\.\d|\b5\.3\.[05]\b|permanent error while executing|try later",
    ),
)

# Sendmail adds these words to another server's refusal.
UNAVAILABLE = (
    rule(
        FailureReason.SERVER,
        "service unavailable, no reason given",
        r"service (?:is )?(?:not available|unavailable|refused)",
        vague=True,
    ),
)

# Tried last: words that refuse us without a reason.
ACCESS_DENIED = (
    rule(
        FailureReason.BLOCKED,
        "access denied, nothing said about the recipient",
        r"access denied|not (?:authori[sz]ed|permitted|allowed)|forbidden|blocked|refused to talk|connection refused|refus(?:ed|al) by|denied|prohibit",
    ),
)

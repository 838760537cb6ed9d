"""Checks in the DNS how receivers prove a sender: SPF, DKIM keys and the DMARC policy."""

from collections.abc import Collection, Iterator, Mapping, Sequence

from mailer.app.installation import App
from mailer.checking.records import Records
from mailer.checking.result import note_of
from mailer.checking.spf import SpfTrial
from mailer.domain.check_result import CheckResult
from mailer.domain.dmarc import DmarcPolicy, is_dmarc, read_dmarc, tags_of
from mailer.domain.errors import MailerError
from mailer.domain.spf import MOST_QUESTIONS, SpfSign
from mailer.formats.message.dkim import record_name
from mailer.formats.message.dkim_key import DkimKey, public_record
from mailer.formats.organisation import organisation_of
from mailer.views.remedies import sentence


def check_spf(records: Records, domain: str, addresses: Sequence[str]) -> CheckResult:
    """Check the record of an envelope's domain, and whether it lets the relay's addresses send."""
    subject = f"SPF {domain}"
    allowed = " ".join(f"ip{6 if ':' in address else 4}:{address}" for address in addresses) or "a mx"
    fix = f'publish one TXT record: {domain}. "v=spf1 {allowed} -all", with what else may send for it'
    trials = {address: SpfTrial(records) for address in addresses}
    try:
        of_all_others = SpfTrial(records).of_all_others(domain)
        signs = {address: trial.judge(domain, address) for address, trial in trials.items()}
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error), fix=fix)
    if of_all_others is SpfSign.PASSES:
        return CheckResult(subject=subject, ok=False, finding="it lets everybody send for the domain (+all)", fix=fix)
    finding = _who_may_send(signs) + _beside(trials.values())
    if signs and set(signs.values()) != {SpfSign.PASSES}:
        return note_of(subject, finding, fix=fix)
    if of_all_others in {None, SpfSign.NEUTRAL}:
        return note_of(subject, f"{finding}, but says nothing against other senders: end it with -all", fix=fix)
    return CheckResult(subject=subject, ok=True, finding=finding)


def _who_may_send(signs: Mapping[str, SpfSign]) -> str:
    passing = [address for address, sign in signs.items() if sign is SpfSign.PASSES]
    failing = [address for address, sign in signs.items() if sign is not SpfSign.PASSES]
    if not signs:
        return "there is one; from which address the relay sends is not known here"
    if not failing:
        return f"it lets {', '.join(passing)} send"
    beside = f"it lets {', '.join(passing)} send, and not" if passing else "it does not let"
    return f"{beside} {', '.join(failing)}{'' if passing else ' send'}; right if the relay sends from other addresses"


def _beside(trials: Collection[SpfTrial]) -> str:
    questions = max((trial.questions for trial in trials), default=0)
    counted = f"; {questions} of {MOST_QUESTIONS} questions to the DNS" if questions else ""
    return f"{counted}; names with macros were passed over" if any(trial.has_macros for trial in trials) else counted


def check_dkim(records: Records, app: App) -> Iterator[CheckResult]:
    """Check that the public half of each key is published."""
    try:
        signer = app.context.signer
    except MailerError:  # the check of the keys says so
        return
    if signer is None:
        finding = "nothing is signed here; whether the relay signs shows in the header of a test mailing that arrived"
        yield note_of("DKIM in the DNS", finding, fix="sign here: docs/operating.md, Signing with DKIM")
        return
    for key in signer.keys:
        yield _published(records, record_name(signer.domain, key.selector), key)


def _published(records: Records, name: str, key: DkimKey) -> CheckResult:
    subject, record = f"DKIM {name}", public_record(key)
    fix = f'publish TXT {name}. "{record}"'
    try:
        texts = records.texts(name)
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error), fix=fix)
    published = [tags_of(text) for text in texts if "p" in tags_of(text)]
    if not published:
        return CheckResult(subject=subject, ok=False, finding="no key is published there", fix=fix)
    wanted = tags_of(record)["p"]
    match = next((tags for tags in published if "".join(tags["p"].split()) == wanted), None)
    if match is None:
        finding = "the key there was revoked" if not published[0]["p"] else "another key is published there"
        return CheckResult(subject=subject, ok=False, finding=finding, fix=fix)
    if fault := _unusable(match, key):
        return CheckResult(
            subject=subject, ok=False, finding=f"our key is there, but receivers refuse it: {fault}", fix=fix
        )
    if len(published) > 1:
        return note_of(
            subject, f"{len(published)} keys are there, of which receivers may take either: keep one", fix=fix
        )
    if "y" in match.get("t", "").split(":"):
        return note_of(subject, "the key is published as a trial (t=y), which receivers do not count", fix=fix)
    return CheckResult(subject=subject, ok=True, finding="the public half of our key is there")


def _unusable(tags: Mapping[str, str], key: DkimKey) -> str:
    """Why receivers do not use a record with our key (RFC 6376 §3.6.1); empty where they do."""
    if tags.get("v", "DKIM1") != "DKIM1":
        return f"v={tags['v']}"
    if tags.get("k", "rsa") != key.algorithm:
        return f"k={tags.get('k', 'rsa')}, and it is {key.algorithm}"
    hashes, services = tags.get("h", "sha256").split(":"), tags.get("s", "*").split(":")
    if "sha256" not in map(str.strip, hashes):
        return f"h={tags['h']}, and it signs by sha256"
    return "" if {"*", "email"} & set(map(str.strip, services)) else f"s={tags['s']}, which is not email"


def check_dmarc(records: Records, app: App, domain: str) -> CheckResult:
    """Check the policy for a sender's domain, and that one of our proofs counts for it."""
    subject, organisation = f"DMARC {domain}", organisation_of(domain)
    fix = f'publish TXT _dmarc.{organisation}. "v=DMARC1; p=none; rua=mailto:postmaster@{organisation}"'
    try:
        place, texts = _policies(records, domain, organisation)
        if not texts:
            return note_of(subject, f"{organisation} has no policy, which large providers ask of bulk senders", fix=fix)
        policy = _policy(texts, place)
    except MailerError as error:
        return CheckResult(subject=subject, ok=False, finding=sentence(error), fix=fix)
    applies = policy.policy if place == domain else policy.of_subdomains
    proofs = list(_proofs(app, domain, policy))
    if proofs:
        return CheckResult(subject=subject, ok=True, finding=f"p={applies}; counted for it: {' and '.join(proofs)}")
    finding = f"p={applies}, and neither our return path nor our signature counts for {domain}"
    fix = f"sign with a key of {domain} in [dkim], or give [bounces] return_path_domain a name under {organisation}"
    if applies == "none":
        return note_of(subject, finding, fix=fix)
    return note_of(subject, f"{finding}: copies are refused unless the relay signs for it", fix=fix)


def _policies(records: Records, domain: str, organisation: str) -> tuple[str, list[str]]:
    """The policies of the domain, else of its organisation (RFC 7489 §6.6.3), with the name that has them."""
    for name in dict.fromkeys((domain, organisation)):
        texts = [text for text in records.texts(f"_dmarc.{name}") if is_dmarc(text)]
        if texts:
            return name, texts
    return organisation, []


def _policy(texts: Sequence[str], place: str) -> DmarcPolicy:
    if len(texts) > 1:
        raise MailerError(f"_dmarc.{place} has {len(texts)} policies, so none counts")
    try:
        return read_dmarc(texts[0])
    except ValueError as error:
        raise MailerError(f"the policy of _dmarc.{place} cannot be read: {error}") from error


def _proofs(app: App, domain: str, policy: DmarcPolicy) -> Iterator[str]:
    """What DMARC counts of that which we do ourselves (§3.1)."""
    envelope = app.context.return_path_domain or domain
    if envelope == domain or (not policy.strict_spf and organisation_of(envelope) == organisation_of(domain)):
        yield f"the return path at {envelope}, by SPF"
    try:
        signer = app.context.signer
    except MailerError:
        return
    if signer is not None:
        signs = signer.domain
        if signs == domain or (not policy.strict_dkim and organisation_of(signs) == organisation_of(domain)):
            yield f"the signature of {signs}, by DKIM"

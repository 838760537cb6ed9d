"""Words by which a reply speaks of the recipient: of the mailbox, the account or the server there.

What a relay says of our account, a server says of a reader's: suspended, over its quota, too many messages an hour.
"""

import re

from mailer.formats.reports.rules.rule import DOT_IN_NAME, either

READERS = either(
    # The recipient's mailbox. Postfix writes "Recipient address rejected:" before any words, and many write "recipient limit".
    r"(?:recipients?'s?|recipient(?! address rejected|s? (?:limit|rate|per|count|quota))s?|addressee|destination"
    r"|the (?:user|person)(?![^.;]*(?:sending|out-?going|outbound))|user you|users?'s?(?![^.;]*(?:sending|out-?going|outbound|has sent))|subscribers?'s?)"
    r" (?:[^\s.;:]+ ){0,3}?(?:mail ?box|account|inbox|domain|quota|server|system|tenant|plan|is|has|who|which|organi[sz]ation)",
    r"user's (?:account|mail)",
    r"(?:by|of|for) (?:the |this )?recipient(?!s)",
    # Google: "The user you are trying to contact", "The email account that you tried to reach".
    r"(?:tried|trying|attempt\w*|want\w*) to (?:reach|contact|e-?mail|send to|mail)",
    r"(?:user|person|address|recipient|one) (?:that |whom? )?you (?:are|were|have)",
    r"you (?:are|were) (?:sending|writing|mailing) to\b",
    r"mailing to\b",
    # Who receives, unless it goes on: "you cannot send, but still receive".
    r"(?<!still )(?<! or )(?<! and )\breceiv(?:e|es|ing)\b",
    r"\bincoming\b",
    r"\binbound\b",
    # Exchange delivers; what it says of us begins with STOREDRV.Submission.
    r"storedrv·deliver",
    r"recipient thread",
    r"resolver·",
    r"to (?:this|that|the) (?:\w+ ){0,2}?(?:user|recipient|address|group|list|mail ?box|domain|account)\b",
    # Amazon and others keep a list of addresses that they no longer write to.
    r"\bsuppress",
    # In other languages a number of recipients is none of them.
    r"(?<!много )(?<!количество )(?<!число )(?<!на )(?<!\d )получател",
    r"адресат",
    r"(?<!viele )(?<!anzahl )(?<!anzahl der )(?<!pro )(?<!\d )empfänger",
    r"(?<!trop de )(?<!nombre de )(?<!\d )destinataire",
    r"(?<!demasiados )(?<!troppi )(?<!\d )destinat[aá]ri",
    r"odbiorc",
    r"收件人(?!数|过多|超)",
    r"宛先|受信",
)

# A message that is too big, or looks like spam, is no matter of how much we send.
OF_THE_MESSAGE = r"\bsize\b|too (?:big|large)|\battachment|spam score|größe|\bgross|размер|taille|tamañ|tamanho|dimension|rozmiar|velikost|大小"

_A_READER = re.compile(READERS)


def names_a_reader(text: str) -> bool:
    """Whether a reply speaks of the recipient's mailbox or server."""
    return _A_READER.search(DOT_IN_NAME.sub("·", text.lower())) is not None

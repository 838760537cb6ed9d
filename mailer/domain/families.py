"""The provider of a recipient's domain: mailboxes of one provider share its limits."""

# Domains whose mailboxes one provider serves behind the same MX hosts, by the name that stands for all of them.
# Sources: the providers' own lists of mailbox domains; their MX records agree.
_FAMILIES: dict[str, tuple[str, ...]] = {
    "gmail.com": ("googlemail.com",),
    "outlook.com": ("hotmail.com", "live.com", "msn.com", "passport.com", "hotmail.co.uk", "hotmail.fr", "hotmail.de",
                    "hotmail.it", "hotmail.es", "live.co.uk", "live.fr", "live.de", "live.nl", "live.ru", "outlook.fr",
                    "outlook.de", "outlook.es", "outlook.it"),
    "yahoo.com": ("ymail.com", "rocketmail.com", "aol.com", "aim.com", "yahoo.co.uk", "yahoo.fr", "yahoo.de",
                  "yahoo.it", "yahoo.es", "yahoo.ca", "yahoo.co.in", "yahoo.com.br", "myyahoo.com"),
    "icloud.com": ("me.com", "mac.com"),
    "mail.ru": ("bk.ru", "inbox.ru", "list.ru", "internet.ru", "xmail.ru"),
    "yandex.ru": ("ya.ru", "yandex.com", "yandex.by", "yandex.kz", "yandex.ua", "narod.ru"),
    "rambler.ru": ("lenta.ru", "autorambler.ru", "myrambler.ru", "ro.ru"),
    "gmx.net": ("gmx.de", "gmx.com", "gmx.at", "gmx.ch", "web.de", "mail.com"),
    "proton.me": ("protonmail.com", "protonmail.ch", "pm.me"),
    "orange.fr": ("wanadoo.fr",),
    "t-online.de": ("magenta.de",),
    "qq.com": ("foxmail.com",),
}  # fmt: skip
_FAMILY_OF = {domain: family for family, domains in _FAMILIES.items() for domain in domains}


def family_of(domain: str) -> str:
    """The provider that serves the domain's mailboxes, by its best-known domain; the domain itself when none is known.

    `domain` is in small letters, as A-labels.
    """
    return _FAMILY_OF.get(domain, domain)

"""Names a browser in words for its user, such as "Firefox, Windows"."""

# The first word that stands in the User-Agent header names it: most browsers call themselves Chrome and Safari as well.
_BROWSERS = (
    ("Edg", "Edge"),
    ("OPR", "Opera"),
    ("YaBrowser", "Yandex Browser"),
    ("SamsungBrowser", "Samsung Internet"),
    ("Firefox", "Firefox"),
    ("FxiOS", "Firefox"),
    ("CriOS", "Chrome"),
    ("Chrome", "Chrome"),
    ("Safari", "Safari"),
)
_SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS X", "Mac"),
    ("CrOS", "Chromebook"),
    ("Linux", "Linux"),
)


def browser_name(user_agent: str) -> str:
    """The browser and its system, such as "Firefox, Windows"; empty where neither is known."""
    names = [next((name for word, name in words if word in user_agent), "") for words in (_BROWSERS, _SYSTEMS)]
    return ", ".join(filter(None, names))

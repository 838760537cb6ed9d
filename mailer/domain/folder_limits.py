"""How many files an issue's folder may hold, and how large they may be."""

MAX_FILES = 100  # in an issue's folder; an issue has two texts and at most twenty pictures
BIGGEST_FILE = 10 * 1024 * 1024  # bytes; issues themselves allow less
BIGGEST_FOLDER = 60 * 1024 * 1024  # bytes of all its files
ENDINGS = (".md", ".png", ".jpg", ".jpeg", ".gif")  # of an issue's files; others are not read

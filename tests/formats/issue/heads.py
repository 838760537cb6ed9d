"""Front matter with every key that a text must have."""

HEAD = {
    "newsletter": "mill-letter",
    "language": "en",
    "status": "finished",
    "number": "3",
    "serial": "41",
    "volume": "5",
    "year": "2030",
    "date": "2030-05-17",
    "title": "The mill",
}

"""An issue compiled for sending: HTML and text with slots left open for each person."""

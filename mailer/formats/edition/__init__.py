"""An issue compiled for sending: HTML and text, with slots for what differs between copies."""

"""Says in a sentence what a running daemon does, for `systemctl status`."""

from mailer.domain.daemon_role import DaemonRole

OPENS_DATABASE = "It opens the database, and brings it to the schema of this version."
WAITS_AFTER_RESTORE = "It waits until it is told what left since the backup: see `mailer resume-after-restore`."
_SENTENCES = {
    DaemonRole.LEADS: "It pulls, plans, begins what is due, and sends.",
    DaemonRole.FOLLOWS: "It sends; another daemon pulls, plans, and begins what is due.",
    DaemonRole.DOUBTS_CLOCK: "It waits for the clock to be right: see its log, and `mailer check`.",
}


def role_sentence(role: DaemonRole) -> str:
    """What it does."""
    return _SENTENCES[role]

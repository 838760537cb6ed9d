"""The table of all checks of an open installation: what each belongs to, and what to do where it finds something."""

from mailer.checking import (
    bounces,
    configuration,
    database,
    letters,
    machine,
    newsletters,
    relays,
    rights,
    running,
    signing,
    web,
)
from mailer.checking.result import Check
from mailer.domain.check_result import CheckGroup

# To add a check, write a function in the fitting module and name it here. Those of one group follow each other.
CHECKS: tuple[Check, ...] = (
    Check(
        group=CheckGroup.SETTINGS,
        look=configuration.check_provider_limits,
        fix="let one [[domain]] name each provider",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_software,
        fix="install a supported Python",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_time_service,
        fix="let a time service keep the clock right: `apt-get install chrony`",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=database.check_clock,
        fix="set the clock; when it is right and was ahead before, `mailer accept-clock`",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_disk,
        fix="make room: delete old backups, exports and logs, or give the folder a larger disk",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_login,
        fix="run the service by the login that owns its files",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=rights.check_private_files,
        fix="take the rights away with the `chmod` that stands there",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_folders,
        fix="take the right to write from all other logins: `chmod o-w`",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_open_files,
        fix="raise the limit: LimitNOFILE= in the unit of systemd, or `ulimit -n`",
    ),
    Check(
        group=CheckGroup.MACHINE,
        look=machine.check_processes,
        fix="lower `processes` of [delivery], or allow each relay more `connections`",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_library,
        fix="`pip install 'pysqlite3>=0.6.1'` into the service's environment",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=machine.check_local_disk,
        fix="move the installation to a disk of this machine, or use PostgreSQL",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_not_restored,
        fix="`mailer resume-after-restore`",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_journal,
        fix="end the program that keeps the file open: `fuser mailer.db-wal`; then restart the daemon",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_soundness,
        fix="stop the service, and `mailer db restore` the last sound backup",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_backup,
        fix="let a daemon run at night, make room in the folder, and look into its log; `mailer db backup FILE` makes one now",
    ),
    Check(
        group=CheckGroup.DATABASE,
        look=database.check_server_clock,
        fix="let a time service keep both clocks right: `apt-get install chrony` on both machines",
    ),
    Check(
        group=CheckGroup.NEWSLETTERS,
        look=newsletters.check_register,
        fix="bring people: `mailer register import --members FILE --payments FILE --apply`",
    ),
    Check(
        group=CheckGroup.NEWSLETTERS,
        look=newsletters.check_fees,
        fix="write the season into schedules/fees.toml",
    ),
    Check(
        group=CheckGroup.NEWSLETTERS,
        look=newsletters.check_times,
        fix="choose another time in `[send] cron` of its schedule, from 04:00 on",
    ),
    Check(
        group=CheckGroup.NEWSLETTERS,
        look=newsletters.check_editions,
        fix="correct the templates; those that come with this version are made by `mailer init` in a new folder",
    ),
    Check(
        group=CheckGroup.NEWSLETTERS,
        look=newsletters.check_sources,
        fix="correct `[source] url` of its schedule, or give the service the right to read there",
        waits=True,
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_addressees,
        fix="write the addresses into [notify] of config.toml",
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_templates,
        fix="correct the template in templates/system",
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_looks,
        fix="bring the template's layout up to this version's",
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_missing_templates,
        fix="copy the folders from a new installation of `mailer init`",
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_old_templates,
        fix="remove the folders that are not read any more",
    ),
    Check(
        group=CheckGroup.LETTERS,
        look=letters.check_outbox,
        fix="remove the cause of the last failure; the letters leave by themselves then",
    ),
    Check(
        group=CheckGroup.RELAY,
        look=relays.check_relays,
        fix="correct the relay's section in config.toml, or ask its operator; docs/relays.md tells what its words mean",
        waits=True,
    ),
    Check(
        group=CheckGroup.RELAY,
        look=relays.check_outage,
        fix="look at the relay's checks here; when they are right, sending has begun again or is about to",
    ),
    Check(
        group=CheckGroup.RELAY,
        look=relays.check_sizes,
        fix="make the issue's pictures and attachments smaller, or ask the relay's operator for a higher limit",
    ),
    Check(
        group=CheckGroup.RELAY,
        look=signing.check_signing,
        fix="correct [dkim] in config.toml: the sender's domain signs, by a key that can be read",
    ),
    Check(
        group=CheckGroup.BOUNCES,
        look=bounces.check_return_paths,
        fix="give [bounces] return_path_domain a way in: listen, imap_url or maildir",
    ),
    Check(
        group=CheckGroup.BOUNCES,
        look=bounces.check_return_address,
        fix="let the daemon have the listener's port, and restart it when the key has changed",
    ),
    Check(
        group=CheckGroup.BOUNCES,
        look=bounces.check_listener,
        fix="free the port or name another one in [bounces] listen, and look into the daemon's log",
    ),
    Check(
        group=CheckGroup.BOUNCES,
        look=bounces.check_inboxes,
        fix="correct imap_url, its password or maildir in [bounces]",
        waits=True,
    ),
    Check(
        group=CheckGroup.BOUNCES,
        look=bounces.check_unread,
        fix="`mailer bounce list` shows them, `mailer bounce settle` closes them",
    ),
    Check(
        group=CheckGroup.CONSOLE,
        look=web.check_console,
        fix="correct [web] in config.toml; docs/operating.md has a part about each way to serve the console",
    ),
    Check(
        group=CheckGroup.CONSOLE,
        look=web.check_metrics,
        fix="free the port, or choose another one in [monitoring] metrics_listen",
    ),
    Check(
        group=CheckGroup.RUNNING,
        look=running.check_daemon,
        fix="start it: `systemctl start club-mailer`, or `mailer daemon`",
    ),
    Check(
        group=CheckGroup.RUNNING,
        look=running.check_waiting,
        fix="`mailer to-do` says what can be done about each",
    ),
)

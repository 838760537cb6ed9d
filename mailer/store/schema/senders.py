"""The tables of sending processes: their leases, the ledger's epoch, relay outages, sizes and throttles."""

from sqlalchemy import BigInteger, CheckConstraint, Column, Float, ForeignKey, Integer, Table, Text, text

from mailer.store.columns import Id, UtcDateTime, metadata

owners = Table(
    "owners",
    metadata,
    Column("id", Id, primary_key=True),
    Column("host", Text, nullable=False),
    Column("boot_id", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("lock", Text, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),
    Column("owner", Id, ForeignKey("owners.id"), nullable=False),
    Column("until", UtcDateTime, nullable=False),
    Column("epoch", Integer, nullable=False, server_default=text("0")),  # how often it went to another process
)

ledger_state = Table(
    "ledger_state",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("epoch", Integer, nullable=False),  # grows with every claim; a backup has a lower one
    Column("backup_at", UtcDateTime),  # of a backup put in place: when it was copied; None once it is resumed
    Column("worked_at", UtcDateTime),  # when a sender or the leading daemon was last at work
    Column("home", Text),  # the database and table that this is, as PostgreSQL numbers them: a copy has others
    Column("moved_to", Text),  # the database that it was copied to, to go on there; None: it goes on here
    Column("moved_at", UtcDateTime),
    CheckConstraint("id = 1", name="one_row"),
)

relay_outages = Table(
    "relay_outages",
    metadata,
    Column("id", Id, primary_key=True),
    Column("began_at", UtcDateTime, nullable=False),
    Column("ended_at", UtcDateTime),
    Column("reason", Text, nullable=False),
    Column("relay", Text, nullable=False, server_default=text("''")),  # one of several; empty: no relay could be used
)

relay_sizes = Table(
    "relay_sizes",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("octets", BigInteger, nullable=False),  # of the largest message that it takes; 0: no limit
    Column("since", UtcDateTime, nullable=False),
)

relay_paces = Table(
    "relay_paces",
    metadata,
    Column("relay", Text, primary_key=True),
    Column("since", UtcDateTime, nullable=False),  # when it first asked to slow down
    Column("reply", Text, nullable=False),  # its last words about it
    Column("per_second", Float, nullable=False),  # 0: no limit was found
    Column("closed_at", UtcDateTime),  # since when it takes nothing; None: it does
    Column("connections", Integer, nullable=False),  # allowed at once; 0: those of the settings
    Column("messages", Integer, nullable=False),  # on one connection; 0: no limit was found
)

throttles = Table(
    "throttles",
    metadata,
    Column("family", Text, primary_key=True),
    # How often in a row it asked us to slow down; 0: a person suspended it.
    Column("failures", Integer, nullable=False),
    Column("until", UtcDateTime),  # None: until a person lifts it
    Column("reason", Text, nullable=False),
    Column("set_at", UtcDateTime, nullable=False),
    Column("set_by", Text, nullable=False),
)

# The look at what is old with which the next one is compared.
looks = Table(
    "looks",
    metadata,
    Column("name", Text, primary_key=True),
    Column("at", UtcDateTime, nullable=False),
    Column("boot", Text, nullable=False),
    Column("elapsed", Float, nullable=False),  # seconds since that boot
    Column("before", UtcDateTime, nullable=False),  # what is older was old
)

PRAGMA foreign_keys=OFF;
CREATE TABLE alembic_version (
	version_num VARCHAR(32) NOT NULL, 
	CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num)
);
CREATE TABLE history (
	id INTEGER NOT NULL, 
	at DATETIME NOT NULL, 
	who TEXT NOT NULL, 
	verb TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	detail TEXT NOT NULL, 
	CONSTRAINT pk_history PRIMARY KEY (id)
);
CREATE TABLE ledger_state (
	id INTEGER NOT NULL, 
	epoch INTEGER NOT NULL, backup_at DATETIME, worked_at DATETIME, home TEXT, moved_to TEXT, moved_at DATETIME, 
	CONSTRAINT pk_ledger_state PRIMARY KEY (id), 
	CONSTRAINT ck_ledger_state_one_row CHECK (id = 1)
);
CREATE TABLE memberships (
	id TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	organisation TEXT NOT NULL, 
	circle TEXT NOT NULL, 
	free_until DATE, 
	CONSTRAINT pk_memberships PRIMARY KEY (id), 
	CONSTRAINT ck_memberships_kind CHECK (kind IN ('individual', 'corporate', 'honorary', 'complimentary')), 
	CONSTRAINT uq_memberships_id_kind UNIQUE (id, kind)
);
CREATE TABLE owners (
	id INTEGER NOT NULL, 
	host TEXT NOT NULL, 
	boot_id TEXT NOT NULL, 
	pid INTEGER NOT NULL, 
	lock TEXT NOT NULL, 
	started_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	CONSTRAINT pk_owners PRIMARY KEY (id)
);
CREATE TABLE register_state (
	id INTEGER NOT NULL, 
	version INTEGER NOT NULL, 
	CONSTRAINT pk_register_state PRIMARY KEY (id), 
	CONSTRAINT ck_register_state_one_row CHECK (id = 1)
);
CREATE TABLE relay_outages (
	id INTEGER NOT NULL, 
	began_at DATETIME NOT NULL, 
	ended_at DATETIME, 
	reason TEXT NOT NULL, relay TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_relay_outages PRIMARY KEY (id)
);
CREATE TABLE revisions (
	content_hash TEXT NOT NULL, 
	newsletter TEXT NOT NULL, 
	serial INTEGER NOT NULL, 
	revision INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	volume INTEGER NOT NULL, 
	year INTEGER NOT NULL, 
	date DATE NOT NULL, 
	languages JSON NOT NULL, 
	title TEXT NOT NULL, 
	folder TEXT NOT NULL, 
	pulled_at DATETIME NOT NULL, 
	CONSTRAINT pk_revisions PRIMARY KEY (content_hash), 
	CONSTRAINT uq_revisions_newsletter_serial_revision UNIQUE (newsletter, serial, revision)
);
CREATE TABLE test_mailings (
	id INTEGER NOT NULL, 
	newsletter TEXT NOT NULL, 
	serial INTEGER NOT NULL, 
	content_hash TEXT NOT NULL, 
	editions_hash TEXT NOT NULL, 
	sent_at DATETIME NOT NULL, 
	messages INTEGER NOT NULL, 
	CONSTRAINT pk_test_mailings PRIMARY KEY (id)
);
CREATE TABLE leases (
	name TEXT NOT NULL, 
	owner INTEGER NOT NULL, 
	until DATETIME NOT NULL, epoch INTEGER DEFAULT 0 NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name), 
	CONSTRAINT fk_leases_owner FOREIGN KEY(owner) REFERENCES owners (id)
);
CREATE TABLE payments (
	id INTEGER NOT NULL, 
	membership TEXT NOT NULL, 
	period_from DATE NOT NULL, 
	period_to DATE NOT NULL, 
	amount BIGINT NOT NULL, 
	currency TEXT NOT NULL, 
	paid_on DATE, 
	in_full BOOLEAN NOT NULL, 
	reference TEXT NOT NULL, 
	CONSTRAINT pk_payments PRIMARY KEY (id), 
	CONSTRAINT ck_payments_period CHECK (period_from <= period_to), 
	CONSTRAINT fk_payments_membership FOREIGN KEY(membership) REFERENCES memberships (id)
);
CREATE TABLE revision_files (
	content_hash TEXT NOT NULL, 
	name TEXT NOT NULL, 
	content BLOB NOT NULL, 
	CONSTRAINT pk_revision_files PRIMARY KEY (content_hash, name), 
	CONSTRAINT fk_revision_files_content_hash FOREIGN KEY(content_hash) REFERENCES revisions (content_hash)
);
CREATE TABLE seats (
	membership TEXT NOT NULL, 
	person TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	number INTEGER, 
	names JSON NOT NULL, 
	salutations JSON NOT NULL, 
	address TEXT, 
	languages JSON NOT NULL, 
	ended_on DATE, 
	pause_from DATE, 
	pause_until DATE, mailbox TEXT, phone TEXT DEFAULT '' NOT NULL, sorted_by TEXT DEFAULT '' NOT NULL, searched TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_seats PRIMARY KEY (membership, person), 
	CONSTRAINT ck_seats_corporate_number CHECK (kind <> 'corporate' OR (number IS NOT NULL AND number IN (1, 2))), 
	CONSTRAINT ck_seats_number_only_corporate CHECK (kind = 'corporate' OR number IS NULL), 
	CONSTRAINT fk_seats_membership_kind FOREIGN KEY(membership, kind) REFERENCES memberships (id, kind) ON UPDATE CASCADE
);
CREATE TABLE editions (
	mailing INTEGER NOT NULL, 
	language TEXT NOT NULL, 
	variant TEXT NOT NULL, 
	digest TEXT NOT NULL, 
	body BLOB NOT NULL, 
	CONSTRAINT pk_editions PRIMARY KEY (mailing, language, variant), 
	CONSTRAINT fk_editions_mailing FOREIGN KEY(mailing) REFERENCES mailings (id)
);
CREATE TABLE exclusions (
	mailing INTEGER NOT NULL, 
	person TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	rule INTEGER NOT NULL, 
	evidence JSON NOT NULL, 
	CONSTRAINT pk_exclusions PRIMARY KEY (mailing, person), 
	CONSTRAINT fk_exclusions_mailing FOREIGN KEY(mailing) REFERENCES mailings (id)
);
CREATE TABLE recipients (
	mailing INTEGER NOT NULL, 
	person TEXT NOT NULL, 
	membership TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	rule INTEGER NOT NULL, 
	evidence JSON NOT NULL, 
	address TEXT NOT NULL, 
	editions JSON NOT NULL, 
	paid_until DATE, 
	CONSTRAINT pk_recipients PRIMARY KEY (mailing, person), 
	CONSTRAINT fk_recipients_mailing FOREIGN KEY(mailing) REFERENCES mailings (id)
);
CREATE TABLE throttles (
	family TEXT NOT NULL, 
	failures INTEGER NOT NULL, 
	until DATETIME, 
	reason TEXT NOT NULL, 
	set_at DATETIME NOT NULL, 
	set_by TEXT NOT NULL, 
	CONSTRAINT pk_throttles PRIMARY KEY (family)
);
CREATE TABLE letters (
	id INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	about TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	facts JSON NOT NULL, 
	made_at DATETIME NOT NULL, 
	sent_at DATETIME, 
	tries INTEGER DEFAULT 0 NOT NULL, 
	next_try_at DATETIME, 
	failure TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_letters PRIMARY KEY (id), 
	CONSTRAINT uq_letters_kind_about UNIQUE (kind, about)
);
CREATE TABLE raw_reports (
	id INTEGER NOT NULL, 
	content_hash TEXT NOT NULL, 
	recipient TEXT NOT NULL, 
	way TEXT NOT NULL, 
	arrived_at DATETIME NOT NULL, 
	content BLOB, 
	CONSTRAINT pk_raw_reports PRIMARY KEY (id), 
	CONSTRAINT ck_raw_reports_way CHECK (way IN ('listener', 'imap', 'maildir', 'file')), 
	CONSTRAINT uq_raw_reports_content_hash_recipient UNIQUE (content_hash, recipient)
);
CREATE TABLE relay_sizes (
	relay TEXT NOT NULL, 
	octets BIGINT NOT NULL, 
	since DATETIME NOT NULL, 
	CONSTRAINT pk_relay_sizes PRIMARY KEY (relay)
);
CREATE TABLE "holds" (
	id INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	reason TEXT, 
	evidence JSON NOT NULL, 
	delivery INTEGER, 
	since DATETIME NOT NULL, 
	set_by TEXT NOT NULL, 
	lifted_at DATETIME, 
	lifted_by TEXT, 
	why TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_holds PRIMARY KEY (id), 
	CONSTRAINT fk_holds_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
	CONSTRAINT ck_holds_reason CHECK (reason IN ('address', 'mailbox', 'transport', 'complaint', 'by_hand'))
);
CREATE TABLE relay_paces (
	relay TEXT NOT NULL, 
	since DATETIME NOT NULL, 
	reply TEXT NOT NULL, 
	per_second FLOAT NOT NULL, 
	closed_at DATETIME, 
	connections INTEGER NOT NULL, 
	messages INTEGER NOT NULL, 
	CONSTRAINT pk_relay_paces PRIMARY KEY (relay)
);
CREATE TABLE "attempts" (
	id INTEGER NOT NULL, 
	delivery INTEGER NOT NULL, 
	number INTEGER NOT NULL, 
	started_at DATETIME NOT NULL, 
	finished_at DATETIME NOT NULL, 
	outcome TEXT NOT NULL, 
	code INTEGER, 
	status TEXT NOT NULL, 
	text TEXT NOT NULL, 
	queue_id TEXT NOT NULL, 
	tls_version TEXT NOT NULL, 
	relay TEXT DEFAULT ('') NOT NULL, 
	CONSTRAINT pk_attempts PRIMARY KEY (id), 
	CONSTRAINT fk_attempts_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
	CONSTRAINT uq_attempts_delivery_number UNIQUE (delivery, number), 
	CONSTRAINT ck_attempts_outcome CHECK (outcome IN ('accepted', 'deferred', 'throttled', 'rejected', 'unknown'))
);
CREATE TABLE "failures" (
	delivery INTEGER NOT NULL, 
	refused BOOLEAN NOT NULL, 
	mailing INTEGER NOT NULL, 
	issue TEXT NOT NULL, 
	address TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	scope TEXT NOT NULL, 
	hard BOOLEAN NOT NULL, 
	forwarded BOOLEAN NOT NULL, 
	at DATETIME NOT NULL, 
	said TEXT NOT NULL, 
	reply TEXT DEFAULT ('') NOT NULL, 
	wording TEXT DEFAULT ('') NOT NULL, 
	CONSTRAINT pk_failures PRIMARY KEY (delivery, refused), 
	CONSTRAINT fk_failures_mailing FOREIGN KEY(mailing) REFERENCES mailings (id), 
	CONSTRAINT ck_failures_scope CHECK (scope IN ('address', 'mailbox', 'content', 'sender', 'transport', 'unknown')), 
	CONSTRAINT fk_failures_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
	CONSTRAINT ck_failures_failure_reason CHECK (reason IN ('user_unknown', 'host_unknown', 'moved', 'takes_no_mail', 'mailbox_full', 'suspended', 'filtered', 'members_only', 'too_big', 'virus', 'spam', 'content', 'policy', 'authentication', 'blocked', 'no_ptr', 'rate', 'account', 'relaying', 'sender_refused', 'login', 'greylisted', 'timeout', 'network', 'loop', 'server', 'server_full', 'unknown', 'complaint', 'auth_failure', 'opt_out'))
);
CREATE TABLE "reports" (
	id INTEGER NOT NULL, 
	raw INTEGER NOT NULL, 
	place INTEGER NOT NULL, 
	kind TEXT NOT NULL, 
	reason TEXT NOT NULL, 
	hard BOOLEAN, 
	status TEXT, 
	code INTEGER, 
	recipient TEXT, 
	original_recipient TEXT, 
	final_recipient TEXT, 
	action TEXT NOT NULL, 
	diagnostic TEXT NOT NULL, 
	reporting_mta TEXT NOT NULL, 
	rule TEXT NOT NULL, 
	returns_on DATE, 
	successor TEXT, 
	sender TEXT NOT NULL, 
	subject TEXT NOT NULL, 
	delivery INTEGER, 
	named_by TEXT, 
	person TEXT NOT NULL, 
	forwarded BOOLEAN NOT NULL, 
	matter TEXT, 
	settled_at DATETIME, 
	settled_by TEXT, 
	PRIMARY KEY (id), 
	CONSTRAINT ck_reports_matter CHECK (matter IN ('bounced', 'complained', 'wants_no_more', 'unsubscribed', 'challenged', 'moved', 'unread', 'unnamed')), 
	CONSTRAINT uq_reports_raw_place UNIQUE (raw, place), 
	CONSTRAINT ck_reports_named_by CHECK (named_by IN ('return_path', 'message_id', 'envelope_id', 'unsubscribe')), 
	CONSTRAINT fk_reports_raw FOREIGN KEY(raw) REFERENCES raw_reports (id), 
	CONSTRAINT fk_reports_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
	CONSTRAINT ck_reports_kind CHECK (kind IN ('bounce', 'delayed', 'delivered', 'complaint', 'autoreply', 'challenge', 'mdn', 'unsubscribe', 'other')), 
	CONSTRAINT ck_reports_reason CHECK (reason IN ('user_unknown', 'host_unknown', 'moved', 'takes_no_mail', 'mailbox_full', 'suspended', 'filtered', 'members_only', 'too_big', 'virus', 'spam', 'content', 'policy', 'authentication', 'blocked', 'no_ptr', 'rate', 'account', 'relaying', 'sender_refused', 'login', 'greylisted', 'timeout', 'network', 'loop', 'server', 'server_full', 'unknown', 'complaint', 'auth_failure', 'opt_out'))
);
CREATE TABLE looks (
	name TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	boot TEXT NOT NULL, 
	elapsed FLOAT NOT NULL, 
	"before" DATETIME NOT NULL, 
	CONSTRAINT pk_looks PRIMARY KEY (name)
);
CREATE TABLE users (
	id INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	role TEXT NOT NULL, 
	login TEXT NOT NULL, 
	address TEXT NOT NULL, 
	language TEXT NOT NULL, 
	password_hash TEXT NOT NULL, 
	disabled_at DATETIME, 
	CONSTRAINT pk_users PRIMARY KEY (id), 
	CONSTRAINT ck_users_role CHECK (role IN ('editor', 'secretary', 'admin')), 
	CONSTRAINT uq_users_name UNIQUE (name)
);
CREATE TABLE drafts (
	session TEXT NOT NULL, 
	who TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	digest TEXT NOT NULL, 
	members_name TEXT NOT NULL, 
	members BLOB, 
	payments_name TEXT NOT NULL, 
	payments BLOB, 
	pasted BOOLEAN NOT NULL, 
	end_missing BOOLEAN NOT NULL, 
	ignored TEXT NOT NULL, 
	CONSTRAINT pk_drafts PRIMARY KEY (session), 
	CONSTRAINT fk_drafts_session FOREIGN KEY(session) REFERENCES sessions (token) ON DELETE CASCADE
);
CREATE TABLE "sessions" (
	token TEXT NOT NULL, 
	user INTEGER NOT NULL, 
	began_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	notice TEXT NOT NULL, 
	second_at DATETIME, 
	challenge TEXT DEFAULT '' NOT NULL, 
	browser TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token), 
	CONSTRAINT fk_sessions_user FOREIGN KEY(user) REFERENCES users (id)
);
CREATE TABLE one_time_secrets (
	user INTEGER NOT NULL, 
	secret TEXT NOT NULL, 
	last_step INTEGER, 
	confirmed_at DATETIME, 
	CONSTRAINT pk_one_time_secrets PRIMARY KEY (user), 
	CONSTRAINT fk_one_time_secrets_user FOREIGN KEY(user) REFERENCES users (id)
);
CREATE TABLE printed_codes (
	digest TEXT NOT NULL, 
	user INTEGER NOT NULL, 
	made_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_printed_codes PRIMARY KEY (digest), 
	CONSTRAINT fk_printed_codes_user FOREIGN KEY(user) REFERENCES users (id)
);
CREATE TABLE passkeys (
	id INTEGER NOT NULL, 
	user INTEGER NOT NULL, 
	name TEXT NOT NULL, 
	credential TEXT NOT NULL, 
	public_key BLOB NOT NULL, 
	sign_count BIGINT NOT NULL, 
	added_at DATETIME NOT NULL, 
	used_at DATETIME, 
	CONSTRAINT pk_passkeys PRIMARY KEY (id), 
	CONSTRAINT fk_passkeys_user FOREIGN KEY(user) REFERENCES users (id), 
	CONSTRAINT uq_passkeys_credential UNIQUE (credential)
);
CREATE TABLE sign_in_attempts (
	id INTEGER NOT NULL, 
	lane TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	CONSTRAINT pk_sign_in_attempts PRIMARY KEY (id)
);
CREATE TABLE "own_pauses" (
	id INTEGER NOT NULL, 
	person TEXT NOT NULL, 
	first DATE NOT NULL, 
	since DATETIME NOT NULL, 
	delivery INTEGER, 
	lifted_at DATETIME, 
	lifted_by TEXT, 
	last DATE, 
	newsletter TEXT DEFAULT '' NOT NULL, 
	CONSTRAINT pk_own_pauses PRIMARY KEY (id), 
	CONSTRAINT fk_own_pauses_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
CREATE TABLE wishes (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	person TEXT NOT NULL, 
	newsletter TEXT NOT NULL, 
	delivery INTEGER, 
	language TEXT NOT NULL, 
	kind TEXT NOT NULL, 
	at DATETIME NOT NULL, 
	"before" JSON NOT NULL, 
	"after" JSON NOT NULL, 
	done_at DATETIME, 
	undone_at DATETIME, 
	CONSTRAINT ck_wishes_kind CHECK (kind IN ('pause', 'language', 'address', 'forwarded')), 
	CONSTRAINT fk_wishes_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id)
);
CREATE TABLE "mailings" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	newsletter TEXT, 
	serial INTEGER, 
	supplement INTEGER, 
	state TEXT NOT NULL, 
	content_hash TEXT, 
	circulation_hash TEXT NOT NULL, 
	editions_hash TEXT NOT NULL, 
	inputs_hash TEXT NOT NULL, 
	seal TEXT NOT NULL, 
	letterhead JSON NOT NULL, 
	approval_required BOOLEAN NOT NULL, 
	planned_at DATETIME NOT NULL, 
	approved_hash TEXT, 
	approved_by TEXT, 
	approved_at DATETIME, 
	due_at DATETIME, 
	starts_at DATETIME, 
	held_reason TEXT, 
	first_handover_at DATETIME, 
	rest_at DATETIME, 
	broken_at DATETIME, 
	closed_at DATETIME, 
	broken_by TEXT DEFAULT ('') NOT NULL, 
	stopped_at DATETIME, 
	CONSTRAINT ck_mailings_starts_at CHECK (state <> 'sending' OR starts_at IS NOT NULL), 
	CONSTRAINT ck_mailings_held_reason CHECK ((state = 'held') = (held_reason IS NOT NULL)), 
	CONSTRAINT uq_mailings_newsletter_serial_supplement UNIQUE (newsletter, serial, supplement), 
	CONSTRAINT fk_mailings_content_hash FOREIGN KEY(content_hash) REFERENCES revisions (content_hash), 
	CONSTRAINT ck_mailings_state CHECK (state IN ('planned', 'approved', 'sending', 'paused', 'held', 'closed', 'cancelled', 'draft', 'discarded')), 
	CONSTRAINT ck_mailings_issue CHECK ((state IN ('draft', 'discarded')) = (newsletter IS NULL) AND (newsletter IS NULL) = (serial IS NULL) AND (newsletter IS NULL) = (supplement IS NULL)), 
	CONSTRAINT ck_mailings_content CHECK (state = 'discarded' OR content_hash IS NOT NULL)
);
CREATE TABLE "deliveries" (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	mailing INTEGER NOT NULL, 
	person TEXT NOT NULL, 
	language TEXT NOT NULL, 
	variant TEXT NOT NULL, 
	copy_number INTEGER NOT NULL, 
	address TEXT NOT NULL, 
	name TEXT NOT NULL, 
	salutation TEXT NOT NULL, 
	paid_until DATE, 
	message_id TEXT NOT NULL, 
	judged_by TEXT NOT NULL, 
	state TEXT NOT NULL, 
	held_reason TEXT, 
	next_attempt_at DATETIME, 
	owner INTEGER, 
	epoch INTEGER NOT NULL, 
	lease_until DATETIME, 
	marked_at DATETIME, 
	family TEXT DEFAULT ('') NOT NULL, 
	relay TEXT, 
	first_mailing INTEGER NOT NULL, blocking BOOLEAN DEFAULT 1 NOT NULL CONSTRAINT ck_deliveries_blocking CHECK (blocking = (state IN ('accepted', 'held', 'pending', 'sending', 'uncertain'))), 
	CONSTRAINT fk_deliveries_mailing FOREIGN KEY(mailing) REFERENCES mailings (id), 
	CONSTRAINT ck_deliveries_owned CHECK ((state = 'sending') = (owner IS NOT NULL AND lease_until IS NOT NULL)), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'sending', 'accepted', 'rejected', 'uncertain', 'held', 'cancelled', 'bounced')), 
	CONSTRAINT ck_deliveries_marked CHECK (marked_at IS NULL OR state = 'sending'), 
	CONSTRAINT fk_deliveries_owner FOREIGN KEY(owner) REFERENCES owners (id), 
	CONSTRAINT ck_deliveries_held_reason CHECK ((state = 'held') = (held_reason IS NOT NULL)), 
	CONSTRAINT uq_deliveries_first_mailing_copy_number UNIQUE (first_mailing, copy_number), 
	CONSTRAINT fk_deliveries_first_mailing FOREIGN KEY(first_mailing) REFERENCES mailings (id)
);
INSERT INTO alembic_version (version_num) VALUES ('0024');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (1, '2026-11-30 19:08:31.084007', 'secretary', 'import', 'register', '22 memberships added, 24 people added, 23 payments added');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (2, '2026-11-30 19:08:32.366809', 'operator', 'add user', 'user 1', 'as secretary');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (3, '2026-11-30 19:08:33.525682', 'operator', 'add user', 'user 2', 'as editor');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (4, '2026-11-30 19:08:40.211851', 'daemon', 'pull', 'russia-confidential/320', 'revision 1, en, ru, 2026-10');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (5, '2026-11-30 19:08:51.330640', 'daemon', 'plan', 'russia-confidential/320', '18 copies, 16 of 24 people');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (6, '2026-11-30 19:08:51.584381', 'daemon', 'test', 'russia-confidential/320', '2 of 2 messages accepted');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (7, '2026-11-30 19:08:52.759091', 'secretary', 'approve', 'russia-confidential/320', 'seal e5acb8bef4ca, 18 copies');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (8, '2026-11-30 19:08:52.799208', 'secretary', 'send', 'russia-confidential/320', '18 copies from 2026-11-30 19:08:53 UTC');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (9, '2026-11-30 19:08:57.166534', 'daemon', 'close', 'russia-confidential/320', '');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (10, '2026-11-30 19:08:59.512749', 'editor', 'pull', 'russia-confidential/321', 'revision 1, en, ru, 2026-11');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (11, '2026-11-30 19:09:04.985771', 'daemon', 'plan', 'russia-confidential/321', '18 copies, 16 of 24 people');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (12, '2026-11-30 19:09:05.093416', 'daemon', 'test', 'russia-confidential/321', '2 of 2 messages accepted');
INSERT INTO ledger_state (id, epoch, backup_at, worked_at, home, moved_to, moved_at) VALUES (1, 3, NULL, '2026-11-30 19:09:04.493798', NULL, NULL, NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M101', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M102', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M103', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M104', 'corporate', 'Embassy of Estmark', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M105', 'corporate', 'White Sea Freight', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M106', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M107', 'honorary', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M108', 'complimentary', '', 'club', '2026-12-31');
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M109', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M110', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M111', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M112', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M113', 'individual', '', 'archive', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M114', 'individual', '', 'centre', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M115', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M116', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M117', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M118', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M119', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M120', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M121', 'individual', '', 'club', NULL);
INSERT INTO memberships (id, kind, organisation, circle, free_until) VALUES ('M122', 'individual', '', 'club', NULL);
INSERT INTO owners (id, host, boot_id, pid, lock, started_at, ended_at) VALUES (1, 'vm', 'f939a80a-b8da-4190-9c84-68053f0a757e', 31444, '/srv/club/mailer-31444-b39d8a5350371c6e', '2026-11-30 19:08:33.598532', '2026-11-30 19:09:05.373036');
INSERT INTO register_state (id, version) VALUES (1, 1);
INSERT INTO revisions (content_hash, newsletter, serial, revision, number, volume, year, date, languages, title, folder, pulled_at) VALUES ('676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'russia-confidential', 320, 1, 10, 25, 2026, '2026-10-15', '["en", "ru"]', 'Arctic transit after the Boreal Trader: who will insure the northern route?', '2026-10', '2026-11-30 19:08:40.209387');
INSERT INTO revisions (content_hash, newsletter, serial, revision, number, volume, year, date, languages, title, folder, pulled_at) VALUES ('d175fdbe45b9d40642653a874d2e6c04813865a5418d6244466a8c9270776c7d', 'russia-confidential', 321, 1, 11, 25, 2026, '2026-11-12', '["en", "ru"]', 'After the first frost: what the grain ports of the north expect of this winter', '2026-11', '2026-11-30 19:08:59.511333');
INSERT INTO test_mailings (id, newsletter, serial, content_hash, editions_hash, sent_at, messages) VALUES (1, 'russia-confidential', 320, '676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'b251bffc36f301872970d80aded15e83e32c9827a3c34f04ebf9c192d88b13d8', '2026-11-30 19:08:51.583155', 2);
INSERT INTO test_mailings (id, newsletter, serial, content_hash, editions_hash, sent_at, messages) VALUES (2, 'russia-confidential', 321, 'd175fdbe45b9d40642653a874d2e6c04813865a5418d6244466a8c9270776c7d', '51aa38de5b9af9307de4a269bf4f3c22da56f18e1173bfb30f02231c4efe06bf', '2026-11-30 19:09:05.092864', 2);
INSERT INTO leases (name, owner, until, epoch) VALUES ('scheduler', 1, '2026-11-30 19:09:34.493798', 1);
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (1, 'M101', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-01-19', 0, 'INV-2026-001');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (2, 'M102', '2025-01-01', '2026-12-31', 10000000, 'RUB', '2025-02-06', 0, 'INV-2025-004');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (3, 'M103', '2026-01-01', '2027-12-31', 10800000, 'RUB', '2026-02-11', 0, 'INV-2026-002');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (4, 'M104', '2026-01-01', '2026-12-31', 9600000, 'RUB', '2026-01-14', 0, 'INV-2026-003');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (5, 'M105', '2025-01-01', '2026-12-31', 15800000, 'RUB', '2025-03-03', 0, 'INV-2025-009');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (6, 'M106', '2025-01-01', '2025-12-31', 5600000, 'RUB', '2025-01-27', 0, 'INV-2025-002');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (7, 'M109', '2026-01-01', '2026-12-31', 4000000, 'RUB', '2026-02-04', 0, 'INV-2026-004');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (8, 'M110', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-02-09', 0, 'INV-2026-005');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (9, 'M110', '2026-01-01', '2026-12-31', -6000000, 'RUB', '2026-03-30', 0, 'INV-2026-005-R');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (10, 'M111', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-01-16', 0, 'INV-2026-006');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (11, 'M112', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-01-12', 0, 'INV-2026-007');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (12, 'M113', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-02-17', 0, 'INV-2026-008');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (13, 'M114', '2026-01-01', '2026-12-31', 3000000, 'RUB', '2026-02-18', 0, 'INV-2026-009');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (14, 'M114', '2026-01-01', '2026-12-31', 3000000, 'RUB', '2026-06-22', 0, 'INV-2026-009-B');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (15, 'M115', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-02-20', 0, 'INV-2026-010');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (16, 'M116', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-02-24', 0, 'INV-2026-011');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (17, 'M117', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-02-24', 0, 'INV-2026-012');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (18, 'M118', '2026-01-01', '2026-12-31', 64000, 'EUR', '2026-03-02', 1, 'INV-2026-013');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (19, 'M119', '2025-01-01', '2025-12-31', 5600000, 'RUB', '2025-02-13', 0, 'INV-2025-006');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (20, 'M119', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-01-29', 0, 'INV-2026-014');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (21, 'M120', '2027-01-01', '2027-12-31', 6400000, 'RUB', '2026-09-28', 0, 'INV-2027-001');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (22, 'M121', '2026-01-01', '2026-12-31', 6000000, 'RUB', '2026-03-05', 0, 'INV-2026-015');
INSERT INTO payments (id, membership, period_from, period_to, amount, currency, paid_on, in_full, reference) VALUES (23, 'M122', '2026-01-01', '2027-12-31', 10800000, 'RUB', '2026-03-11', 0, 'INV-2026-016');
INSERT INTO revision_files (content_hash, name, content) VALUES ('676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'en.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO revision_files (content_hash, name, content) VALUES ('676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'ru.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO revision_files (content_hash, name, content) VALUES ('676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'transit-cover.png', X'89504E470D0A1A0A0000000D4948445200000450000002060802000000FCE2EC');
INSERT INTO revision_files (content_hash, name, content) VALUES ('d175fdbe45b9d40642653a874d2e6c04813865a5418d6244466a8c9270776c7d', 'en.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO revision_files (content_hash, name, content) VALUES ('d175fdbe45b9d40642653a874d2e6c04813865a5418d6244466a8c9270776c7d', 'ru.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M101', 'P101', 'individual', NULL, '{"en": "Amelia Hartwell", "ru": "\u0410\u043c\u0435\u043b\u0438\u044f \u0425\u0430\u0440\u0442\u0443\u044d\u043b\u043b"}', '{"en": "Dear Dr. Hartwell", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0425\u0430\u0440\u0442\u0443\u044d\u043b\u043b"}', 'amelia.hartwell@example.org', '["en"]', NULL, NULL, NULL, 'amelia.hartwell@example.org', '', 'amelia hartwell', 'amelia hartwell
амелия хартуэлл
amelia.hartwell@example.org
p101
m101
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M102', 'P102', 'individual', NULL, '{"en": "Mikhail Rudnev", "ru": "\u041c\u0438\u0445\u0430\u0438\u043b \u0410\u043d\u0434\u0440\u0435\u0435\u0432\u0438\u0447 \u0420\u0443\u0434\u043d\u0435\u0432"}', '{"en": "Dear Mr. Rudnev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u041c\u0438\u0445\u0430\u0438\u043b \u0410\u043d\u0434\u0440\u0435\u0435\u0432\u0438\u0447"}', 'mikhail.rudnev@example.net', '["ru"]', NULL, NULL, NULL, 'mikhail.rudnev@example.net', '', 'mikhail rudnev', 'mikhail rudnev
михаил андреевич руднев
mikhail.rudnev@example.net
p102
m102
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M103', 'P103', 'individual', NULL, '{"en": "Leila Benhaddou", "ru": "\u041b\u0435\u0439\u043b\u0430 \u0411\u0435\u043d\u0445\u0430\u0434\u0434\u0443"}', '{"en": "Dear Ms. Benhaddou", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0411\u0435\u043d\u0445\u0430\u0434\u0434\u0443"}', 'leila.benhaddou@example.com', '["en", "ru"]', NULL, NULL, NULL, 'leila.benhaddou@example.com', '', 'leila benhaddou', 'leila benhaddou
леила бенхадду
leila.benhaddou@example.com
p103
m103
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M104', 'P104', 'corporate', 1, '{"en": "Ingrid Solvang", "ru": "\u0418\u043d\u0433\u0440\u0438\u0434 \u0421\u043e\u043b\u044c\u0432\u0430\u043d\u0433"}', '{"en": "Dear Ambassador Solvang", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u043f\u043e\u0441\u043e\u043b"}', 'ingrid.solvang@embassy.example', '["en"]', NULL, NULL, NULL, 'ingrid.solvang@embassy.example', '', 'ingrid solvang', 'ingrid solvang
ингрид сольванг
ingrid.solvang@embassy.example
p104
m104
embassy of estmark');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M104', 'P105', 'corporate', 2, '{"en": "Matti Korpela", "ru": "\u041c\u0430\u0442\u0442\u0438 \u041a\u043e\u0440\u043f\u0435\u043b\u0430"}', '{"en": "Dear Mr. Korpela", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u043e\u0440\u043f\u0435\u043b\u0430"}', 'matti.korpela@embassy.example', '["en", "ru"]', NULL, NULL, NULL, 'matti.korpela@embassy.example', '', 'matti korpela', 'matti korpela
матти корпела
matti.korpela@embassy.example
p105
m104
embassy of estmark');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M105', 'P106', 'corporate', 1, '{"en": "Galina Ustinova", "ru": "\u0413\u0430\u043b\u0438\u043d\u0430 \u041f\u0430\u0432\u043b\u043e\u0432\u043d\u0430 \u0423\u0441\u0442\u0438\u043d\u043e\u0432\u0430"}', '{"en": "Dear Ms. Ustinova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0413\u0430\u043b\u0438\u043d\u0430 \u041f\u0430\u0432\u043b\u043e\u0432\u043d\u0430"}', 'galina.ustinova@freight.example', '["ru"]', NULL, NULL, NULL, 'galina.ustinova@freight.example', '', 'galina ustinova', 'galina ustinova
галина павловна устинова
galina.ustinova@freight.example
p106
m105
white sea freight');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M105', 'P107', 'corporate', 2, '{"en": "Rustam Gareev", "ru": "\u0420\u0443\u0441\u0442\u0430\u043c \u0418\u043b\u044c\u0434\u0430\u0440\u043e\u0432\u0438\u0447 \u0413\u0430\u0440\u0435\u0435\u0432"}', '{"en": "Dear Mr. Gareev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0420\u0443\u0441\u0442\u0430\u043c \u0418\u043b\u044c\u0434\u0430\u0440\u043e\u0432\u0438\u0447"}', 'rustam.gareev@freight.example', '["ru"]', NULL, NULL, NULL, 'rustam.gareev@freight.example', '', 'rustam gareev', 'rustam gareev
рустам ильдарович гареев
rustam.gareev@freight.example
p107
m105
white sea freight');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M106', 'P108', 'individual', NULL, '{"en": "Emil Horvat", "ru": "\u042d\u043c\u0438\u043b\u044c \u0425\u043e\u0440\u0432\u0430\u0442"}', '{"en": "Dear Mr. Horvat", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0425\u043e\u0440\u0432\u0430\u0442"}', 'emil.horvat@example.org', '["en"]', NULL, NULL, NULL, 'emil.horvat@example.org', '', 'emil horvat', 'emil horvat
эмиль хорват
emil.horvat@example.org
p108
m106
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M107', 'P109', 'honorary', NULL, '{"en": "Margarethe Lindau", "ru": "\u041c\u0430\u0440\u0433\u0430\u0440\u0435\u0442\u0430 \u041b\u0438\u043d\u0434\u0430\u0443"}', '{"en": "Dear Professor Lindau", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u043f\u0440\u043e\u0444\u0435\u0441\u0441\u043e\u0440 \u041b\u0438\u043d\u0434\u0430\u0443"}', 'margarethe.lindau@example.net', '["en"]', NULL, NULL, NULL, 'margarethe.lindau@example.net', '', 'margarethe lindau', 'margarethe lindau
маргарета линдау
margarethe.lindau@example.net
p109
m107
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M108', 'P110', 'complimentary', NULL, '{"en": "Samuel Adeyemi", "ru": "\u0421\u044d\u043c\u044e\u044d\u043b \u0410\u0434\u0435\u0439\u0435\u043c\u0438"}', '{"en": "Dear Mr. Adeyemi", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0410\u0434\u0435\u0439\u0435\u043c\u0438"}', 'samuel.adeyemi@example.com', '["en"]', NULL, NULL, NULL, 'samuel.adeyemi@example.com', '', 'samuel adeyemi', 'samuel adeyemi
сэмюэл адеиеми
samuel.adeyemi@example.com
p110
m108
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M109', 'P111', 'individual', NULL, '{"en": "Zoya Karimova", "ru": "\u0417\u043e\u044f \u0420\u0430\u0448\u0438\u0434\u043e\u0432\u043d\u0430 \u041a\u0430\u0440\u0438\u043c\u043e\u0432\u0430"}', '{"en": "Dear Ms. Karimova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0417\u043e\u044f \u0420\u0430\u0448\u0438\u0434\u043e\u0432\u043d\u0430"}', 'zoya.karimova@example.org', '["ru"]', NULL, NULL, NULL, 'zoya.karimova@example.org', '', 'zoya karimova', 'zoya karimova
зоя рашидовна каримова
zoya.karimova@example.org
p111
m109
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M110', 'P112', 'individual', NULL, '{"en": "Julien Marchand", "ru": "\u0416\u044e\u043b\u044c\u0435\u043d \u041c\u0430\u0440\u0448\u0430\u043d"}', '{"en": "Dear Mr. Marchand", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041c\u0430\u0440\u0448\u0430\u043d"}', 'julien.marchand@example.net', '["en"]', NULL, NULL, NULL, 'julien.marchand@example.net', '', 'julien marchand', 'julien marchand
жюльен маршан
julien.marchand@example.net
p112
m110
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M111', 'P113', 'individual', NULL, '{"en": "Priya Raghavan", "ru": "\u041f\u0440\u0438\u044f \u0420\u0430\u0433\u0445\u0430\u0432\u0430\u043d"}', '{"en": "Dear Dr. Raghavan", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0420\u0430\u0433\u0445\u0430\u0432\u0430\u043d"}', 'priya.raghavan@example.com', '["en"]', NULL, '2026-10-01', '2026-11-30', 'priya.raghavan@example.com', '', 'priya raghavan', 'priya raghavan
прия рагхаван
priya.raghavan@example.com
p113
m111
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M112', 'P114', 'individual', NULL, '{"en": "Anton Kessler", "ru": "\u0410\u043d\u0442\u043e\u043d \u041a\u0435\u0441\u0441\u043b\u0435\u0440"}', '{"en": "Dear Mr. Kessler", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u0435\u0441\u0441\u043b\u0435\u0440"}', 'anton.kessler@example.org', '["ru"]', '2026-08-31', NULL, NULL, 'anton.kessler@example.org', '', 'anton kessler', 'anton kessler
антон кесслер
anton.kessler@example.org
p114
m112
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M113', 'P115', 'individual', NULL, '{"en": "Beatriz Monteiro", "ru": "\u0411\u0435\u0430\u0442\u0440\u0438\u0441 \u041c\u043e\u043d\u0442\u0435\u0439\u0440\u0443"}', '{"en": "Dear Ms. Monteiro", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u041c\u043e\u043d\u0442\u0435\u0439\u0440\u0443"}', 'beatriz.monteiro@example.net', '["en"]', NULL, NULL, NULL, 'beatriz.monteiro@example.net', '', 'beatriz monteiro', 'beatriz monteiro
беатрис монтеиру
beatriz.monteiro@example.net
p115
m113
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M114', 'P116', 'individual', NULL, '{"en": "Nikolai Astafyev", "ru": "\u041d\u0438\u043a\u043e\u043b\u0430\u0439 \u041b\u044c\u0432\u043e\u0432\u0438\u0447 \u0410\u0441\u0442\u0430\u0444\u044c\u0435\u0432"}', '{"en": "Dear Professor Astafyev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u041d\u0438\u043a\u043e\u043b\u0430\u0439 \u041b\u044c\u0432\u043e\u0432\u0438\u0447"}', 'nikolai.astafyev@example.com', '["ru"]', NULL, NULL, NULL, 'nikolai.astafyev@example.com', '', 'nikolai astafyev', 'nikolai astafyev
николаи львович астафьев
nikolai.astafyev@example.com
p116
m114
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M115', 'P117', 'individual', NULL, '{"en": "Hassan Karimi", "ru": "\u0425\u0430\u0441\u0430\u043d \u041a\u0430\u0440\u0438\u043c\u0438"}', '{"en": "Dear Mr. Karimi", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u0430\u0440\u0438\u043c\u0438"}', NULL, '["en"]', NULL, NULL, NULL, NULL, '', 'hassan karimi', 'hassan karimi
хасан карими
p117
m115
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M116', 'P118', 'individual', NULL, '{"en": "Tatiana Veselova", "ru": "\u0422\u0430\u0442\u044c\u044f\u043d\u0430 \u042e\u0440\u044c\u0435\u0432\u043d\u0430 \u0412\u0435\u0441\u0435\u043b\u043e\u0432\u0430"}', '{"en": "Dear Ms. Veselova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0422\u0430\u0442\u044c\u044f\u043d\u0430 \u042e\u0440\u044c\u0435\u0432\u043d\u0430"}', 'family.veselov@example.org', '["ru"]', NULL, NULL, NULL, 'family.veselov@example.org', '', 'tatiana veselova', 'tatiana veselova
татьяна юрьевна веселова
family.veselov@example.org
p118
m116
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M117', 'P119', 'individual', NULL, '{"en": "Gleb Veselov", "ru": "\u0413\u043b\u0435\u0431 \u041d\u0438\u043a\u043e\u043b\u0430\u0435\u0432\u0438\u0447 \u0412\u0435\u0441\u0435\u043b\u043e\u0432"}', '{"en": "Dear Mr. Veselov", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0413\u043b\u0435\u0431 \u041d\u0438\u043a\u043e\u043b\u0430\u0435\u0432\u0438\u0447"}', 'family.veselov@example.org', '["ru"]', NULL, NULL, NULL, 'family.veselov@example.org', '', 'gleb veselov', 'gleb veselov
глеб николаевич веселов
family.veselov@example.org
p119
m117
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M118', 'P120', 'individual', NULL, '{"en": "Haruka Ishida", "ru": "\u0425\u0430\u0440\u0443\u043a\u0430 \u0418\u0441\u0438\u0434\u0430"}', '{"en": "Dear Ms. Ishida", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0418\u0441\u0438\u0434\u0430"}', 'haruka.ishida@xn--e1afmkfd.example', '["en"]', NULL, NULL, NULL, 'haruka.ishida@xn--e1afmkfd.example', '', 'haruka ishida', 'haruka ishida
харука исида
haruka.ishida@xn--e1afmkfd.example
haruka.ishida@пример.example
p120
m118
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M119', 'P121', 'individual', NULL, '{"en": "Timur Saburov", "ru": "\u0422\u0438\u043c\u0443\u0440 \u041c\u0430\u0440\u0430\u0442\u043e\u0432\u0438\u0447 \u0421\u0430\u0431\u0443\u0440\u043e\u0432"}', '{"en": "Dear Mr. Saburov", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0422\u0438\u043c\u0443\u0440 \u041c\u0430\u0440\u0430\u0442\u043e\u0432\u0438\u0447"}', 'тимур.сабуров@example.org', '["ru"]', NULL, NULL, NULL, 'тимур.сабуров@example.org', '', 'timur saburov', 'timur saburov
тимур маратович сабуров
тимур.сабуров@example.org
p121
m119
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M120', 'P122', 'individual', NULL, '{"en": "Claire Dumont", "ru": "\u041a\u043b\u0435\u0440 \u0414\u044e\u043c\u043e\u043d"}', '{"en": "Dear Ms. Dumont", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0414\u044e\u043c\u043e\u043d"}', 'claire.dumont@example.net', '["en"]', NULL, NULL, NULL, 'claire.dumont@example.net', '', 'claire dumont', 'claire dumont
клер дюмон
claire.dumont@example.net
p122
m120
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M121', 'P123', 'individual', NULL, '{"en": "Diego Fuentes", "ru": "\u0414\u0438\u0435\u0433\u043e \u0424\u0443\u044d\u043d\u0442\u0435\u0441"}', '{"en": "Dear Mr. Fuentes", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0424\u0443\u044d\u043d\u0442\u0435\u0441"}', 'later.diego.fuentes@example.com', '["en"]', NULL, NULL, NULL, 'later.diego.fuentes@example.com', '', 'diego fuentes', 'diego fuentes
диего фуэнтес
later.diego.fuentes@example.com
p123
m121
');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox, phone, sorted_by, searched) VALUES ('M122', 'P124', 'individual', NULL, '{"en": "Sofia Levina", "ru": "\u0421\u043e\u0444\u044c\u044f \u041c\u0430\u0440\u043a\u043e\u0432\u043d\u0430 \u041b\u0435\u0432\u0438\u043d\u0430"}', '{"en": "Dear Ms. Levina", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0421\u043e\u0444\u044c\u044f \u041c\u0430\u0440\u043a\u043e\u0432\u043d\u0430"}', 'nouser.sofia.levina@example.org', '["ru"]', NULL, NULL, NULL, 'nouser.sofia.levina@example.org', '', 'sofia levina', 'sofia levina
софья марковна левина
nouser.sofia.levina@example.org
p124
m122
');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-open', '43fec10e26811ca28acfc49dce9a671467333f461be67c5ac6d3be9e0bb7d1bb', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-open:2026,2026-2027,2027,2027-2028', 'c654142d95b79e34995433453828ed3996d4de072f506f49389fb92f77c1a23d', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-renew', '3a3989cda0f5ac996f333985450d1ece24f57702911215627d23a110b3e34ef0', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-renew:2026-2027,2027,2027-2028', 'd504e56daf9a793a58f4d30eabdc7c14c60da8e2b3b037ae2ab4260a2c5655f1', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-renew:2027,2027-2028', 'cc4de5718a350463dd8cc852a1ff8ad1bf19084d96e077ae35916399117fd7af', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-renew:2027-2028', 'dc245166f939b1a342d82bf251942ce19cfe37d16314fbfd194c79c38e04798b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-ahead', '9db0fcd35c4044392288aa4a4996333e01ee1a59a802e5730f915db106925765', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-grace', 'd92da29b1c89fcc1bfd97995c181d8bbf24867f7138235ddd30fe5d745969a3b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-grace:2027,2027-2028', 'e3f5d2b87e691cfccf8f7913231402c827fa2dae9b0d862ff5da3b79da4cbf9b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-renew', '2e8f1cce53f07d0a1feb57785cfa3d000c413fbecd2bb42506f020c44de082b2', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-renew:2026-2027,2027,2027-2028', '3d6504cb3b78a707193ed46eb8eba64ebdf614541e2d665fded951ffd4feff7d', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-renew:2027,2027-2028', 'b492b64d8e349e1ac1489e2a1ab90294938d42796d1096282c2f954c6fdaeabd', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-ahead', '6fc8ac69b9a9e50980f9f710f5c29512724b8f5e688cbdb699f204246c75cc6e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-grace', 'f4d3dcb265cf50a19abbac25aa07603664746f26e412213538ff329cf2489578', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-grace:2027,2027-2028', '4f84e443e0463ea519307d9a4ecaf0106e277adb644cc639e8e1dfb5c6b6898e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-renew', 'cfab641a33b0e55dd3fe42175209d012d9b5a141d9692e4b0da783d4485268cf', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-renew:2026-2027,2027,2027-2028', '5673e4e4b5d6628466b15a63f9a0d740e5c6bb9cdd16e906217aaa6998e200b9', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-renew:2027,2027-2028', 'd42e50cbd2371111b4772b5be43c0560b284c3a084483855d634012736734951', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'none', 'd548191e0b42e58a7d7729e652423cfa7364f97608a967bdce017061535f56ee', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-open', '3d943de183153a5d5cfc61ba483fc742e513583d216f79304e21c0f408c15305', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-open:2026,2026-2027,2027,2027-2028', 'edbe0f5fe38249c3275405838faca8f0561f0f530f2b10e8fef65d866e343fb1', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-renew', '90c18da162b9d24de57b36d4dfdc7559d8b48d3570f7e3cd5948cfcbac3c7dc3', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-renew:2026-2027,2027,2027-2028', '25484d71ca0cd538265abc1467c4d120b73e81b0d180b8a75a8d59e5b29b45ae', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-renew:2027,2027-2028', '6255b6069176c93b02d29c2372b04b02f83b10afe1a48f985917a503fc8078fb', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-renew:2027-2028', 'd49528ab8f488ad9fa2256772e344c2db5689c4c288220ab091c736bfe775408', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-ahead', 'b67351d80945c68e61028c7e038ce23555c2a559987257d2cc0f3929fe094c2f', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-grace', 'f9937ab8c48de4dc257749a13231cddf331f06bf7d2c702b376a0d29079fb216', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-grace:2027,2027-2028', '4c0ee161b8edbf30204e56804443d2bc63a85b14e403b12824b0ea2f16e05d67', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-renew', '7768fa08b7c1607d6751535eeb882a78104d3819567c6709e026c82ffc48a7fa', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-renew:2026-2027,2027,2027-2028', '5ca04513a32db5ec2e412bdcb99fba5571203b8104e341bed63d451e9fcb343e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-renew:2027,2027-2028', '5823430941ebe8df56b86762a29295ac11d2869086f5b9314bc15381e70845f2', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-ahead', '0074d766dd79c874731cf90c5c37e28e65600656ee27d63338fed9cb5ce09cdf', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-grace', '3f16579f156429a472510ccd1cb1da243bf99c0f1ffc6034d7f71eeb4c687047', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-grace:2027,2027-2028', '4865d4a4ee57b964d69163dd65329806b2142cb7bc189fe5c79d538451553608', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-renew', '8987f76f0048b785a98ce20bf4fbe577c32830a7a762595efeb710a895565602', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-renew:2026-2027,2027,2027-2028', '94844a4cbe6733b67de5773d791fddb964d215be62aae42737c62cd51807ea70', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-renew:2027,2027-2028', 'f787ea93be83e04808b3b00e02393ca228f7cdb034473aece569e26ca3fa60fb', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'none', 'b48a50430889444de4bac35b56fca9765914e4ea1c3045d95e9e5dba90db5a2b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-open', '0e57cc91572a60edad9c29d8ccf5a80d99507a0c4afd0b6216d7145aa03fcc87', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-open:2026,2026-2027,2027,2027-2028', '9089ad1d9b6650650edb265cac63e5867d5549d3b53e6cf75e6d3428ee285ff6', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-renew', 'c6144dd9b05d8f9144c94e87e529f73a3aafe2d7e634730046122b2d06313f16', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-renew:2026-2027,2027,2027-2028', '4c23f704b87f4bed3df2ce4c733502a10f61ebaa573d1c247cc98239cc05dcc8', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-renew:2027,2027-2028', 'b4053a092e493335a8bd60c86b724bfc3497af2749bc6f581b68ec15f90cfe3b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'complimentary-renew:2027-2028', '327e7d8416aaba1259fb2dd8d1d8146c79342f95897e2b5f2db8b515984f2384', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-ahead', '7a54ed0ea1c3902e178aad1d30aae9f1ef738cb73cb95a77d9c0ad68604bbe67', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-grace', '1842e87308e0824f67bcfdf3b3157879308425bd62dbc471b8fad3a85f579df3', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-grace:2027,2027-2028', 'b26c53458cc16b4156c3f4b42e27d7c8fe204059c617e4354ba84dfd031cbc51', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-renew', '16d0891a5996ca3e4571e080966b6c8ad499b7ecd266abd122a286e29217dd31', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-renew:2026-2027,2027,2027-2028', '0296afd18a273c3be7b28d751930ffd35ef74a4e429412dc3122c3f6503357dc', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'corporate-renew:2027,2027-2028', 'ffea345a1fe9ebf484c65467c40b62fb031e2bb361c0272ac8422dd3bb00274e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-ahead', '3d01e4a1ef131c8ee2b96b0304c16716e08f19f947e91fbd86f6f2781850ba54', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-grace', '827dc3b858f1c068f6070588ddd27eb61b3c059a32b376a6a5513086fd34f8cd', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-grace:2027,2027-2028', 'c91c4ac72e7010ed110ae33379d0e653def6daba6c4d17b8f11aac3448c26fd5', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-renew', '90643547f81ea8be50cbc5499579087d60054ae73794177cc1ee4057dadeba07', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-renew:2026-2027,2027,2027-2028', 'b7803cc1cb33ee6c2fa12556933d42b86eb2bdf102e052e965c4ad51675a3295', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'individual-renew:2027,2027-2028', '0cc851127df7254faff8363aa45450fb0efdd3a6c8029c27669e61cb718d25a5', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'en', 'none', '716311e112e6e6502b72a004eb36b355843ae14dcc857df25a9018f70d29bc53', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-open', 'bfc0251ebca364e15c00c13c8d66656990b096325cf9d624f1aed2fa71f8f3eb', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-open:2026,2026-2027,2027,2027-2028', '1aee9263e5f92fcb89e6ea401186d85993ac3d9b6e85db8fc55736df65f4ba70', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-renew', 'b3354749639deb7f44d8c609e636afcc0e3f8ba225147c34371f66f66ece93c7', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-renew:2026-2027,2027,2027-2028', '75cdffc5c7d0e888d9bf64748cc5c1d6961ae6f968b4078892def285bc951d4e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-renew:2027,2027-2028', '137f2553d78189f8904a4b532c338da19fbcaf9cd512b9fc4c81503683864717', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'complimentary-renew:2027-2028', '0ef5e1e90946d2c11dc1397160aaa2ed46fad51ce1a64ff7433c7038b6866446', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-ahead', '1a5e0f899d064e52f251a641bfe088da1cca3f77142673a705931310c9361239', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-grace', 'e324ce07993c2e5f0e362c63ae01ed6af3424b2faeaa1172306bc881f3f739d0', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-grace:2027,2027-2028', '4f8357f164b43aba9811dcec00749e97a47b0854dd1b303ccbedd91077cc8e28', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-renew', 'd78cc7779b474713ff3605186b85991b4a2fd37de62dc1553ca41fe16066b45d', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-renew:2026-2027,2027,2027-2028', '88037f99ea3040854f445f4af3efcf308bb9c7af2fca9c562b85f60e05a17713', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'corporate-renew:2027,2027-2028', '7ebc4a82ffd0d6cfc5a3ae8532ceed84764ceb622177d8963aba69afeaf84b72', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-ahead', 'be783745ae1b9feceb989b2e88ca68ea1ff08ace752a36f22b3fd6eb5e506ad3', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-grace', '5ea185f18fd98c0aafb571383c1f3b17daa70ca6f832485cc176766e3190f96f', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-grace:2027,2027-2028', '8d5fc91a19a5d39a2e7d68f370bcd2af352da0b931db43bc11f7af4211de41f6', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-renew', 'd64f11b69c286a16a52624bd11bb5c7c90a5fdda05fd147f71983edd302ea524', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-renew:2026-2027,2027,2027-2028', '3734796f45a1ed16bbbdb05034432996150024d719000d349014a58263b04fde', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'individual-renew:2027,2027-2028', '80243213f2bd4392adb33570074cf3657500b1ebaab9b110f14b1391ef56f330', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (2, 'ru', 'none', '9526e3c8e44789acee74866987e384e3e6b8b8db801fac9f5f310ad8f5d1d481', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P108', 'expired', 9, '["2025-01-01 to 2025-12-31: 56000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P111', 'underpaid', 8, '["2026-01-01 to 2026-12-31: 40000 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P112', 'unpaid', 9, '["2026-01-01 to 2026-12-31: 0 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P113', 'paused', 10, '["paused 2026-10-01 to 2026-11-30", "2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P114', 'ended', 2, '["ended on 2026-08-31"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P115', 'not_in_circulation', 1, '["circulation archive"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P117', 'no_address', 3, '["the register has no e-mail address"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P122', 'not_yet_started', 9, '["2027-01-01 to 2027-12-31: 64000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P108', 'expired', 9, '["2025-01-01 to 2025-12-31: 56000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P111', 'underpaid', 8, '["2026-01-01 to 2026-12-31: 40000 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P112', 'unpaid', 9, '["2026-01-01 to 2026-12-31: 0 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P113', 'paused', 10, '["paused 2026-10-01 to 2026-11-30", "2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P114', 'ended', 2, '["ended on 2026-08-31"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P115', 'not_in_circulation', 1, '["circulation archive"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P117', 'no_address', 3, '["the register has no e-mail address"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (2, 'P122', 'not_yet_started', 9, '["2027-01-01 to 2027-12-31: 64000 RUB, paid in full"]');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P101', 'M101', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'amelia.hartwell@example.org', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P102', 'M102', 'paid', 6, '["2025-01-01 to 2026-12-31: 100000 RUB, paid in full"]', 'mikhail.rudnev@example.net', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P103', 'M103', 'paid', 6, '["2026-01-01 to 2027-12-31: 108000 RUB, paid in full"]', 'leila.benhaddou@example.com', '["en", "ru"]', '2027-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P104', 'M104', 'paid', 6, '["2026-01-01 to 2026-12-31: 96000 RUB, paid in full"]', 'ingrid.solvang@embassy.example', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P105', 'M104', 'paid', 6, '["2026-01-01 to 2026-12-31: 96000 RUB, paid in full"]', 'matti.korpela@embassy.example', '["en", "ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P106', 'M105', 'paid', 6, '["2025-01-01 to 2026-12-31: 158000 RUB, paid in full"]', 'galina.ustinova@freight.example', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P107', 'M105', 'paid', 6, '["2025-01-01 to 2026-12-31: 158000 RUB, paid in full"]', 'rustam.gareev@freight.example', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P109', 'M107', 'honorary', 4, '["honorary, without an end"]', 'margarethe.lindau@example.net', '["en"]', NULL);
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P110', 'M108', 'complimentary', 4, '["complimentary, free until 2026-12-31"]', 'samuel.adeyemi@example.com', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P116', 'M114', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'nikolai.astafyev@example.com', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P118', 'M116', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'family.veselov@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P119', 'M117', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'family.veselov@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P120', 'M118', 'paid', 6, '["2026-01-01 to 2026-12-31: 640 EUR, paid in full"]', 'haruka.ishida@xn--e1afmkfd.example', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P121', 'M119', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'тимур.сабуров@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P123', 'M121', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'later.diego.fuentes@example.com', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (1, 'P124', 'M122', 'paid', 6, '["2026-01-01 to 2027-12-31: 108000 RUB, paid in full"]', 'nouser.sofia.levina@example.org', '["ru"]', '2027-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P101', 'M101', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'amelia.hartwell@example.org', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P102', 'M102', 'paid', 6, '["2025-01-01 to 2026-12-31: 100000 RUB, paid in full"]', 'mikhail.rudnev@example.net', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P103', 'M103', 'paid', 6, '["2026-01-01 to 2027-12-31: 108000 RUB, paid in full"]', 'leila.benhaddou@example.com', '["en", "ru"]', '2027-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P104', 'M104', 'paid', 6, '["2026-01-01 to 2026-12-31: 96000 RUB, paid in full"]', 'ingrid.solvang@embassy.example', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P105', 'M104', 'paid', 6, '["2026-01-01 to 2026-12-31: 96000 RUB, paid in full"]', 'matti.korpela@embassy.example', '["en", "ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P106', 'M105', 'paid', 6, '["2025-01-01 to 2026-12-31: 158000 RUB, paid in full"]', 'galina.ustinova@freight.example', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P107', 'M105', 'paid', 6, '["2025-01-01 to 2026-12-31: 158000 RUB, paid in full"]', 'rustam.gareev@freight.example', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P109', 'M107', 'honorary', 4, '["honorary, without an end"]', 'margarethe.lindau@example.net', '["en"]', NULL);
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P110', 'M108', 'complimentary', 4, '["complimentary, free until 2026-12-31"]', 'samuel.adeyemi@example.com', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P116', 'M114', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'nikolai.astafyev@example.com', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P118', 'M116', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'family.veselov@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P119', 'M117', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'family.veselov@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P120', 'M118', 'paid', 6, '["2026-01-01 to 2026-12-31: 640 EUR, paid in full"]', 'haruka.ishida@xn--e1afmkfd.example', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P121', 'M119', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'тимур.сабуров@example.org', '["ru"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P123', 'M121', 'paid', 6, '["2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]', 'later.diego.fuentes@example.com', '["en"]', '2026-12-31');
INSERT INTO recipients (mailing, person, membership, reason, rule, evidence, address, editions, paid_until) VALUES (2, 'P124', 'M122', 'paid', 6, '["2026-01-01 to 2027-12-31: 108000 RUB, paid in full"]', 'nouser.sofia.levina@example.org', '["ru"]', '2027-12-31');
INSERT INTO raw_reports (id, content_hash, recipient, way, arrived_at, content) VALUES (1, 'f1ef56ce429e1596c9c4d1d2fa07487967a6ca3ae31c62561036d8b48b106525', '', 'file', '2026-11-30 19:08:57.559275', X'52657475726E2D506174683A203C3E0A46726F6D3A204D61696C2044656C6976');
INSERT INTO relay_sizes (relay, octets, since) VALUES ('127.0.0.1', 33554432, '2026-11-30 19:08:54.801733');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (1, 1, 1, '2026-11-30 19:08:54.454722', '2026-11-30 19:08:54.804703', 'accepted', 250, '2.0.0', 'Ok: queued as 0003', '0003', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (2, 2, 1, '2026-11-30 19:08:54.512887', '2026-11-30 19:08:54.807901', 'accepted', 250, '2.0.0', 'Ok: queued as 0004', '0004', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (3, 3, 1, '2026-11-30 19:08:54.534046', '2026-11-30 19:08:54.816597', 'accepted', 250, '2.0.0', 'Ok: queued as 0005', '0005', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (4, 4, 1, '2026-11-30 19:08:54.587408', '2026-11-30 19:08:54.873689', 'accepted', 250, '2.0.0', 'Ok: queued as 0006', '0006', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (5, 5, 1, '2026-11-30 19:08:54.624812', '2026-11-30 19:08:54.874589', 'accepted', 250, '2.0.0', 'Ok: queued as 0007', '0007', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (6, 6, 1, '2026-11-30 19:08:54.625190', '2026-11-30 19:08:54.875052', 'accepted', 250, '2.0.0', 'Ok: queued as 0008', '0008', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (7, 7, 1, '2026-11-30 19:08:54.658125', '2026-11-30 19:08:54.875405', 'accepted', 250, '2.0.0', 'Ok: queued as 0009', '0009', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (8, 10, 1, '2026-11-30 19:08:54.812074', '2026-11-30 19:08:54.983604', 'accepted', 250, '2.0.0', 'Ok: queued as 0010', '0010', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (9, 11, 1, '2026-11-30 19:08:54.825663', '2026-11-30 19:08:54.992826', 'accepted', 250, '2.0.0', 'Ok: queued as 0011', '0011', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (10, 8, 1, '2026-11-30 19:08:54.658659', '2026-11-30 19:08:55.024846', 'accepted', 250, '2.0.0', 'Ok: queued as 0012', '0012', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (11, 9, 1, '2026-11-30 19:08:54.805128', '2026-11-30 19:08:55.078767', 'accepted', 250, '2.0.0', 'Ok: queued as 0013', '0013', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (12, 14, 1, '2026-11-30 19:08:54.875281', '2026-11-30 19:08:55.118167', 'accepted', 250, '2.0.0', 'Ok: queued as 0014', '0014', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (13, 15, 1, '2026-11-30 19:08:54.875537', '2026-11-30 19:08:55.118773', 'accepted', 250, '2.0.0', 'Ok: queued as 0015', '0015', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (14, 12, 1, '2026-11-30 19:08:54.874148', '2026-11-30 19:08:55.147487', 'accepted', 250, '2.0.0', 'Ok: queued as 0016', '0016', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (15, 13, 1, '2026-11-30 19:08:54.874889', '2026-11-30 19:08:55.178293', 'accepted', 250, '2.0.0', 'Ok: queued as 0017', '0017', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (16, 16, 1, '2026-11-30 19:08:54.984060', '2026-11-30 19:08:55.202208', 'accepted', 250, '2.0.0', 'Ok: queued as 0018', '0018', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (17, 17, 1, '2026-11-30 19:08:55.118515', '2026-11-30 19:08:55.202656', 'deferred', 451, '4.7.1', 'greylisted, please try again', '', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (18, 18, 1, '2026-11-30 19:08:55.119236', '2026-11-30 19:08:55.203133', 'rejected', 550, '5.1.1', 'no such user here', '', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (19, 17, 2, '2026-11-30 19:08:56.818405', '2026-11-30 19:08:56.888200', 'accepted', 250, '2.0.0', 'Ok: queued as 0019', '0019', '', '127.0.0.1');
INSERT INTO failures (delivery, refused, mailing, issue, address, reason, scope, hard, forwarded, at, said, reply, wording) VALUES (1, 0, 1, 'russia-confidential/320', 'amelia.hartwell@example.org', 'user_unknown', 'address', 1, 0, '2026-11-30 19:08:57.559275', '550 5.1.1 no such user here', '550 5.1.1', 'no such user here');
INSERT INTO failures (delivery, refused, mailing, issue, address, reason, scope, hard, forwarded, at, said, reply, wording) VALUES (18, 1, 1, 'russia-confidential/320', 'nouser.sofia.levina@example.org', 'user_unknown', 'address', 1, 0, '2026-11-30 19:08:55.203133', '550 5.1.1 no such user here', '550 5.1.1', 'no such user here');
INSERT INTO reports (id, raw, place, kind, reason, hard, status, code, recipient, original_recipient, final_recipient, action, diagnostic, reporting_mta, rule, returns_on, successor, sender, subject, delivery, named_by, person, forwarded, matter, settled_at, settled_by) VALUES (1, 1, 0, 'bounce', 'user_unknown', 1, '5.1.1', 550, 'amelia.hartwell@example.org', NULL, 'amelia.hartwell@example.org', 'failed', '550 5.1.1 no such user here', 'mx.relay.example', 'the server does not know the recipient', NULL, NULL, 'Mail Delivery System <MAILER-DAEMON@mx.relay.example>', 'Undelivered Mail Returned to Sender', 1, 'message_id', 'P101', 0, 'bounced', NULL, NULL);
INSERT INTO looks (name, at, boot, elapsed, before) VALUES ('old reports', '2026-11-30 19:08:51.588471', 'f939a80a-b8da-4190-9c84-68053f0a757e', 3932.924359713, '2026-06-03 19:08:51.588471');
INSERT INTO users (id, name, role, login, address, language, password_hash, disabled_at) VALUES (1, 'secretary', 'secretary', '', 'secretary@club.example', 'en', '$argon2id$v=19$m=65536,t=3,p=4$qXz/N+Exk79dQhQT0uM3xQ$579y2NwFl4BOQTCfJOFHQAl2sgIQMe+b/dmUFLjl0oM', NULL);
INSERT INTO users (id, name, role, login, address, language, password_hash, disabled_at) VALUES (2, 'editor', 'editor', '', 'editor@club.example', 'en', '$argon2id$v=19$m=65536,t=3,p=4$SRWFcqyAc9I1hPs+iZK7SA$csXBuR/VZeNo3zeFgBQoYxkn08AQX9/KtltYH7UgXQ4', NULL);
INSERT INTO mailings (id, newsletter, serial, supplement, state, content_hash, circulation_hash, editions_hash, inputs_hash, seal, letterhead, approval_required, planned_at, approved_hash, approved_by, approved_at, due_at, starts_at, held_reason, first_handover_at, rest_at, broken_at, closed_at, broken_by, stopped_at) VALUES (1, 'russia-confidential', 320, 0, 'closed', '676666b28be69e0566baa24024d4d3a9b1c2955456289c426a1e25e928c8ef44', 'e15a63888250c9c0b37ee4cfbee791268204451b2c489c976ab4f278a545ac71', 'b251bffc36f301872970d80aded15e83e32c9827a3c34f04ebf9c192d88b13d8', '511c88f932977734bd71d553f5320a95d805eab06a34ee0af02860d1f94d1c75', 'e5acb8bef4cafe8713480c9c40f6b06d4dce2364b812b53b27a73cfd1dbed028', '{"sender_name": "Russia Confidential", "sender": "bulletin@club.example", "reply_to": "secretary@club.example", "list_name": "Russia Confidential", "insert_show": "always", "insert_due_days": "90", "public_url": "http://localhost:8025"}', 1, '2026-11-30 19:08:51.313507', 'e5acb8bef4cafe8713480c9c40f6b06d4dce2364b812b53b27a73cfd1dbed028', 'secretary', '2026-11-30 19:08:52.758093', NULL, '2026-11-30 19:08:53.998360', NULL, '2026-11-30 19:08:54.454722', NULL, NULL, '2026-11-30 19:08:57.165621', '', NULL);
INSERT INTO mailings (id, newsletter, serial, supplement, state, content_hash, circulation_hash, editions_hash, inputs_hash, seal, letterhead, approval_required, planned_at, approved_hash, approved_by, approved_at, due_at, starts_at, held_reason, first_handover_at, rest_at, broken_at, closed_at, broken_by, stopped_at) VALUES (2, 'russia-confidential', 321, 0, 'planned', 'd175fdbe45b9d40642653a874d2e6c04813865a5418d6244466a8c9270776c7d', 'e15a63888250c9c0b37ee4cfbee791268204451b2c489c976ab4f278a545ac71', '51aa38de5b9af9307de4a269bf4f3c22da56f18e1173bfb30f02231c4efe06bf', '511c88f932977734bd71d553f5320a95d805eab06a34ee0af02860d1f94d1c75', 'c96b20cff43ce0631c332fb3f0e8199ad786eeb3a838d802b5397270b8bfa4a9', '{"sender_name": "Russia Confidential", "sender": "bulletin@club.example", "reply_to": "secretary@club.example", "list_name": "Russia Confidential", "insert_show": "always", "insert_due_days": "90", "public_url": "http://localhost:8025"}', 1, '2026-11-30 19:09:04.984988', NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, NULL, '', NULL);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (1, 1, 'P101', 'en', 'individual-renew:2027,2027-2028', 1, 'amelia.hartwell@example.org', 'Amelia Hartwell', 'Dear Dr. Hartwell', '2026-12-31', '<mlwbpllvh3x5hrrm4rhv@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'bounced', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL, 1, 0);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (2, 1, 'P102', 'ru', 'individual-renew:2027,2027-2028', 2, 'mikhail.rudnev@example.net', 'Михаил Андреевич Руднев', 'Уважаемый Михаил Андреевич', '2026-12-31', '<mlwc6nf2kki3sptlwjkj@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.net', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (3, 1, 'P103', 'en', 'individual-ahead', 3, 'leila.benhaddou@example.com', 'Leila Benhaddou', 'Dear Ms. Benhaddou', '2027-12-31', '<mlwdhz3o35eub7v2k3vl@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (4, 1, 'P103', 'ru', 'individual-ahead', 4, 'leila.benhaddou@example.com', 'Лейла Бенхадду', 'Уважаемая г-жа Бенхадду', '2027-12-31', '<mlwex4nmknehayhjixhu@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (5, 1, 'P104', 'en', 'corporate-renew:2027,2027-2028', 5, 'ingrid.solvang@embassy.example', 'Ingrid Solvang', 'Dear Ambassador Solvang', '2026-12-31', '<mlwfcnqvbmccwnunggiu@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (6, 1, 'P105', 'en', 'corporate-renew:2027,2027-2028', 6, 'matti.korpela@embassy.example', 'Matti Korpela', 'Dear Mr. Korpela', '2026-12-31', '<mlwgtlhxfeok2jmfm56y@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (7, 1, 'P105', 'ru', 'corporate-renew:2027,2027-2028', 7, 'matti.korpela@embassy.example', 'Матти Корпела', 'Уважаемый г-н Корпела', '2026-12-31', '<mlwhyyhuh7ul6oq45uu2@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (8, 1, 'P106', 'ru', 'corporate-renew:2027,2027-2028', 8, 'galina.ustinova@freight.example', 'Галина Павловна Устинова', 'Уважаемая Галина Павловна', '2026-12-31', '<mlwin6eiu4kpabn4nfkv@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'freight.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (9, 1, 'P107', 'ru', 'corporate-renew:2027,2027-2028', 9, 'rustam.gareev@freight.example', 'Рустам Ильдарович Гареев', 'Уважаемый Рустам Ильдарович', '2026-12-31', '<mlwjcuqbu5svzknr4qbi@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'freight.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (10, 1, 'P109', 'en', 'none', 10, 'margarethe.lindau@example.net', 'Margarethe Lindau', 'Dear Professor Lindau', NULL, '<mlwkaottchgvhawp5jrj@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.net', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (11, 1, 'P110', 'en', 'complimentary-renew:2027,2027-2028', 11, 'samuel.adeyemi@example.com', 'Samuel Adeyemi', 'Dear Mr. Adeyemi', '2026-12-31', '<mlwlnbocudxvuzvot6cr@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (12, 1, 'P116', 'ru', 'individual-renew:2027,2027-2028', 12, 'nikolai.astafyev@example.com', 'Николай Львович Астафьев', 'Уважаемый Николай Львович', '2026-12-31', '<mlwm7mxthu5lqxheqokw@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (13, 1, 'P118', 'ru', 'individual-renew:2027,2027-2028', 13, 'family.veselov@example.org', 'Татьяна Юрьевна Веселова', 'Уважаемая Татьяна Юрьевна', '2026-12-31', '<mlwnces252jkc6wgefac@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (14, 1, 'P119', 'ru', 'individual-renew:2027,2027-2028', 14, 'family.veselov@example.org', 'Глеб Николаевич Веселов', 'Уважаемый Глеб Николаевич', '2026-12-31', '<mlwo4fyh7ormdte2dlz2@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (15, 1, 'P120', 'en', 'individual-renew:2027,2027-2028', 15, 'haruka.ishida@xn--e1afmkfd.example', 'Haruka Ishida', 'Dear Ms. Ishida', '2026-12-31', '<mlwpmzjueldlocg5ylww@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'xn--e1afmkfd.example', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (16, 1, 'P121', 'ru', 'individual-renew:2027,2027-2028', 16, 'тимур.сабуров@example.org', 'Тимур Маратович Сабуров', 'Уважаемый Тимур Маратович', '2026-12-31', '<mlwqq4dtvnhe7utcw747@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (17, 1, 'P123', 'en', 'individual-renew:2027,2027-2028', 17, 'later.diego.fuentes@example.com', 'Diego Fuentes', 'Dear Mr. Fuentes', '2026-12-31', '<mlwr4stfpnou3bzxxzfu@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 2, NULL, NULL, 'example.com', NULL, 1, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (18, 1, 'P124', 'ru', 'individual-ahead', 18, 'nouser.sofia.levina@example.org', 'Софья Марковна Левина', 'Уважаемая Софья Марковна', '2027-12-31', '<mlwsu5nkyn2u4caefgop@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'rejected', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL, 1, 0);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (19, 2, 'P101', 'en', 'individual-renew:2027,2027-2028', 1, 'amelia.hartwell@example.org', 'Amelia Hartwell', 'Dear Dr. Hartwell', '2026-12-31', '<mlwt776vfrzjhvej7ahu@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.org', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (20, 2, 'P102', 'ru', 'individual-renew:2027,2027-2028', 2, 'mikhail.rudnev@example.net', 'Михаил Андреевич Руднев', 'Уважаемый Михаил Андреевич', '2026-12-31', '<mlwuv44dnmzwiolo35lk@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.net', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (21, 2, 'P103', 'en', 'individual-ahead', 3, 'leila.benhaddou@example.com', 'Leila Benhaddou', 'Dear Ms. Benhaddou', '2027-12-31', '<mlwvtfx3l5v2xhnnzisi@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.com', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (22, 2, 'P103', 'ru', 'individual-ahead', 4, 'leila.benhaddou@example.com', 'Лейла Бенхадду', 'Уважаемая г-жа Бенхадду', '2027-12-31', '<mlwwqwocadkqxd2oj56t@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.com', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (23, 2, 'P104', 'en', 'corporate-renew:2027,2027-2028', 5, 'ingrid.solvang@embassy.example', 'Ingrid Solvang', 'Dear Ambassador Solvang', '2026-12-31', '<mlwx2gzcbtpr34ypiybj@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'embassy.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (24, 2, 'P105', 'en', 'corporate-renew:2027,2027-2028', 6, 'matti.korpela@embassy.example', 'Matti Korpela', 'Dear Mr. Korpela', '2026-12-31', '<mlwyb36p7zugpr4d46xl@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'embassy.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (25, 2, 'P105', 'ru', 'corporate-renew:2027,2027-2028', 7, 'matti.korpela@embassy.example', 'Матти Корпела', 'Уважаемый г-н Корпела', '2026-12-31', '<mlwzcdmoidygxzkvfxi6@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'embassy.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (26, 2, 'P106', 'ru', 'corporate-renew:2027,2027-2028', 8, 'galina.ustinova@freight.example', 'Галина Павловна Устинова', 'Уважаемая Галина Павловна', '2026-12-31', '<mlw2pjy6f26hugsj5wvm@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'freight.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (27, 2, 'P107', 'ru', 'corporate-renew:2027,2027-2028', 9, 'rustam.gareev@freight.example', 'Рустам Ильдарович Гареев', 'Уважаемый Рустам Ильдарович', '2026-12-31', '<mlw3yybzh64rprwhpef3@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'freight.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (28, 2, 'P109', 'en', 'none', 10, 'margarethe.lindau@example.net', 'Margarethe Lindau', 'Dear Professor Lindau', NULL, '<mlw4rvlg5no6fubxv5lm@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.net', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (29, 2, 'P110', 'en', 'complimentary-renew:2027,2027-2028', 11, 'samuel.adeyemi@example.com', 'Samuel Adeyemi', 'Dear Mr. Adeyemi', '2026-12-31', '<mlw5pbm7fjxhimw7syx7@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.com', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (30, 2, 'P116', 'ru', 'individual-renew:2027,2027-2028', 12, 'nikolai.astafyev@example.com', 'Николай Львович Астафьев', 'Уважаемый Николай Львович', '2026-12-31', '<mlw6jpxnpdq4aoturtvg@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.com', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (31, 2, 'P118', 'ru', 'individual-renew:2027,2027-2028', 13, 'family.veselov@example.org', 'Татьяна Юрьевна Веселова', 'Уважаемая Татьяна Юрьевна', '2026-12-31', '<mlw7oo2chj7ddekgs2z3@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.org', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (32, 2, 'P119', 'ru', 'individual-renew:2027,2027-2028', 14, 'family.veselov@example.org', 'Глеб Николаевич Веселов', 'Уважаемый Глеб Николаевич', '2026-12-31', '<mlwbaksern67v6j4yaz4t@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.org', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (33, 2, 'P120', 'en', 'individual-renew:2027,2027-2028', 15, 'haruka.ishida@xn--e1afmkfd.example', 'Haruka Ishida', 'Dear Ms. Ishida', '2026-12-31', '<mlwbb25ywnispmuy6n7ba@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'xn--e1afmkfd.example', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (34, 2, 'P121', 'ru', 'individual-renew:2027,2027-2028', 16, 'тимур.сабуров@example.org', 'Тимур Маратович Сабуров', 'Уважаемый Тимур Маратович', '2026-12-31', '<mlwbcxwdk6yld4ifursmq@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.org', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (35, 2, 'P123', 'en', 'individual-renew:2027,2027-2028', 17, 'later.diego.fuentes@example.com', 'Diego Fuentes', 'Dear Mr. Fuentes', '2026-12-31', '<mlwbdq54wx3jqpfjwj7n6@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.com', NULL, 2, 1);
INSERT INTO deliveries (id, mailing, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay, first_mailing, blocking) VALUES (36, 2, 'P124', 'ru', 'individual-ahead', 18, 'nouser.sofia.levina@example.org', 'Софья Марковна Левина', 'Уважаемая Софья Марковна', '2027-12-31', '<mlwbevshtenc5i2twsx43@club.example>', '1:e426e3efe0f5d918ea9b096ee3212318', 'pending', NULL, NULL, NULL, 0, NULL, NULL, 'example.org', NULL, 2, 1);
CREATE UNIQUE INDEX uq_payments_reference ON payments (membership, reference) WHERE reference <> '';
CREATE INDEX ix_seats_person ON seats (person);
CREATE UNIQUE INDEX uq_seats_corporate ON seats (membership, number) WHERE kind = 'corporate' AND ended_on IS NULL;
CREATE UNIQUE INDEX uq_seats_individual ON seats (membership) WHERE kind = 'individual' AND ended_on IS NULL;
CREATE INDEX ix_payments_membership ON payments (membership);
CREATE INDEX ix_letters_unsent ON letters (id) WHERE sent_at IS NULL;
CREATE INDEX ix_raw_reports_kept ON raw_reports (arrived_at) WHERE content IS NOT NULL;
CREATE INDEX ix_seats_mailbox ON seats (mailbox);
CREATE UNIQUE INDEX uq_holds_address ON holds (address) WHERE lifted_at IS NULL;
CREATE INDEX ix_holds_address ON holds (address);
CREATE INDEX ix_attempts_relay_started_at ON attempts (relay, started_at);
CREATE INDEX ix_failures_reply ON failures (mailing, reply);
CREATE INDEX ix_failures_address ON failures (address);
CREATE INDEX ix_failures_wording ON failures (mailing, wording);
CREATE INDEX ix_reports_open ON reports (id) WHERE matter IS NOT NULL AND settled_at IS NULL;
CREATE INDEX ix_reports_delivery ON reports (delivery);
CREATE INDEX ix_seats_sorted_by ON seats (sorted_by, person, membership);
CREATE INDEX ix_payments_period_to ON payments (period_to, membership);
CREATE INDEX ix_sessions_user ON sessions (user);
CREATE INDEX ix_printed_codes_user ON printed_codes (user);
CREATE INDEX ix_passkeys_user ON passkeys (user);
CREATE INDEX ix_sign_in_attempts_at ON sign_in_attempts (at);
CREATE INDEX ix_sign_in_attempts_lane ON sign_in_attempts (lane);
CREATE UNIQUE INDEX uq_own_pauses_person ON own_pauses (person, newsletter) WHERE lifted_at IS NULL;
CREATE INDEX ix_wishes_person ON wishes (person, at);
CREATE INDEX ix_history_subject ON history (subject);
CREATE INDEX ix_history_who ON history (who);
CREATE INDEX ix_history_verb ON history (verb);
CREATE TRIGGER history_refuses_update BEFORE UPDATE ON history
BEGIN SELECT RAISE(ABORT, 'the history is never changed: entries are only added'); END;
CREATE TRIGGER history_refuses_delete BEFORE DELETE ON history
BEGIN SELECT RAISE(ABORT, 'the history is never changed: entries are only added'); END;
CREATE INDEX ix_deliveries_asking ON deliveries (state, mailing) WHERE state IN ('held', 'uncertain');
CREATE INDEX ix_deliveries_address ON deliveries (address);
CREATE INDEX ix_deliveries_in_hand ON deliveries (owner) WHERE state = 'sending';
CREATE INDEX ix_deliveries_due ON deliveries (mailing, judged_by, next_attempt_at, id, family) WHERE state = 'pending';
CREATE INDEX ix_deliveries_mailing ON deliveries (mailing);
CREATE INDEX ix_deliveries_person ON deliveries (person, first_mailing, language);
CREATE INDEX ix_mailings_drafts ON mailings (id) WHERE newsletter IS NULL;
CREATE INDEX ix_holds_delivery ON holds (delivery);
CREATE INDEX ix_own_pauses_delivery ON own_pauses (delivery);
CREATE INDEX ix_wishes_delivery ON wishes (delivery);
CREATE UNIQUE INDEX uq_deliveries_one_copy ON deliveries (first_mailing, person, language) WHERE blocking IS 1;
CREATE INDEX ix_deliveries_failed ON deliveries (mailing, state) WHERE blocking IS 0;

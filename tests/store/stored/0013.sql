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
	epoch INTEGER NOT NULL, backup_at DATETIME, worked_at DATETIME, 
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
	reason TEXT NOT NULL, 
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
	until DATETIME NOT NULL, 
	CONSTRAINT pk_leases PRIMARY KEY (name), 
	CONSTRAINT fk_leases_owner FOREIGN KEY(owner) REFERENCES owners (id)
);
CREATE TABLE mailings (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	newsletter TEXT NOT NULL, 
	serial INTEGER NOT NULL, 
	supplement INTEGER NOT NULL, 
	state TEXT NOT NULL, 
	content_hash TEXT NOT NULL, 
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
	first_handover_at DATETIME, rest_at DATETIME, broken_at DATETIME, closed_at DATETIME, broken_by TEXT DEFAULT '' NOT NULL, stopped_at DATETIME, 
	CONSTRAINT ck_mailings_held_reason CHECK ((state = 'held') = (held_reason IS NOT NULL)), 
	CONSTRAINT ck_mailings_starts_at CHECK (state <> 'sending' OR starts_at IS NOT NULL), 
	CONSTRAINT ck_mailings_state CHECK (state IN ('planned', 'approved', 'sending', 'paused', 'held', 'closed', 'cancelled')), 
	CONSTRAINT fk_mailings_content_hash FOREIGN KEY(content_hash) REFERENCES revisions (content_hash), 
	CONSTRAINT uq_mailings_newsletter_serial_supplement UNIQUE (newsletter, serial, supplement)
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
	pause_until DATE, mailbox TEXT, 
	CONSTRAINT pk_seats PRIMARY KEY (membership, person), 
	CONSTRAINT ck_seats_corporate_number CHECK (kind <> 'corporate' OR (number IS NOT NULL AND number IN (1, 2))), 
	CONSTRAINT ck_seats_number_only_corporate CHECK (kind = 'corporate' OR number IS NULL), 
	CONSTRAINT fk_seats_membership_kind FOREIGN KEY(membership, kind) REFERENCES memberships (id, kind) ON UPDATE CASCADE
);
CREATE TABLE deliveries (
	id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, 
	mailing INTEGER NOT NULL, 
	newsletter TEXT NOT NULL, 
	serial INTEGER NOT NULL, 
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
	marked_at DATETIME, family TEXT DEFAULT '' NOT NULL, relay TEXT, 
	CONSTRAINT ck_deliveries_held_reason CHECK ((state = 'held') = (held_reason IS NOT NULL)), 
	CONSTRAINT ck_deliveries_owned CHECK ((state = 'sending') = (owner IS NOT NULL AND lease_until IS NOT NULL)), 
	CONSTRAINT ck_deliveries_marked CHECK (marked_at IS NULL OR state = 'sending'), 
	CONSTRAINT ck_deliveries_state CHECK (state IN ('pending', 'sending', 'accepted', 'rejected', 'uncertain', 'held', 'cancelled', 'bounced')), 
	CONSTRAINT fk_deliveries_mailing FOREIGN KEY(mailing) REFERENCES mailings (id), 
	CONSTRAINT fk_deliveries_owner FOREIGN KEY(owner) REFERENCES owners (id), 
	CONSTRAINT uq_deliveries_newsletter_serial_copy_number UNIQUE (newsletter, serial, copy_number)
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
CREATE TABLE own_pauses (
	id INTEGER NOT NULL, 
	person TEXT NOT NULL, 
	first DATE NOT NULL, 
	since DATETIME NOT NULL, 
	delivery INTEGER, 
	lifted_at DATETIME, 
	lifted_by TEXT, last DATE, 
	CONSTRAINT pk_own_pauses PRIMARY KEY (id), 
	CONSTRAINT fk_own_pauses_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id)
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
	CONSTRAINT uq_attempts_delivery_number UNIQUE (delivery, number), 
	CONSTRAINT fk_attempts_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
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
	CONSTRAINT fk_failures_delivery FOREIGN KEY(delivery) REFERENCES deliveries (id), 
	CONSTRAINT ck_failures_scope CHECK (scope IN ('address', 'mailbox', 'content', 'sender', 'transport', 'unknown')), 
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
	CONSTRAINT uq_reports_raw_place UNIQUE (raw, place), 
	CONSTRAINT ck_reports_matter CHECK (matter IN ('bounced', 'complained', 'wants_no_more', 'unsubscribed', 'challenged', 'moved', 'unread', 'unnamed')), 
	CONSTRAINT fk_reports_raw FOREIGN KEY(raw) REFERENCES raw_reports (id), 
	CONSTRAINT ck_reports_named_by CHECK (named_by IN ('return_path', 'message_id', 'envelope_id', 'unsubscribe')), 
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
CREATE TABLE sessions (
	token TEXT NOT NULL, 
	user INTEGER NOT NULL, 
	began_at DATETIME NOT NULL, 
	seen_at DATETIME NOT NULL, 
	notice TEXT NOT NULL, 
	CONSTRAINT pk_sessions PRIMARY KEY (token), 
	CONSTRAINT fk_sessions_user FOREIGN KEY(user) REFERENCES users (id)
);
INSERT INTO alembic_version (version_num) VALUES ('0013');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (1, '2026-11-30 12:40:05.977403', 'secretary', 'import', 'register', '22 memberships added, 24 people added, 23 payments added');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (2, '2026-11-30 12:40:10.017664', 'daemon', 'pull', 'russia-confidential/320', 'revision 1, en, ru, 2026-10');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (3, '2026-11-30 12:40:16.506143', 'daemon', 'plan', 'russia-confidential/320', '18 copies, 16 of 24 people');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (4, '2026-11-30 12:40:17.000862', 'daemon', 'test', 'russia-confidential/320', '2 of 2 messages accepted');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (5, '2026-11-30 12:40:18.510244', 'secretary', 'approve', 'russia-confidential/320', 'seal 5ae66632de8b, 18 copies');
INSERT INTO history (id, at, who, verb, subject, detail) VALUES (6, '2026-11-30 12:40:18.602899', 'secretary', 'send', 'russia-confidential/320', '18 copies from 2026-11-30 12:40:19 UTC');
INSERT INTO ledger_state (id, epoch, backup_at, worked_at) VALUES (1, 3, NULL, '2026-11-30 12:40:24.368125');
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
INSERT INTO owners (id, host, boot_id, pid, lock, started_at, ended_at) VALUES (1, 'vm', 'fe10dd02-147e-422e-91f7-46d8700b391a', 28023, '/srv/club/mailer-28023-20ec9d7136d230a7', '2026-11-30 12:40:05.995748', '2026-11-30 12:40:25.660329');
INSERT INTO register_state (id, version) VALUES (1, 1);
INSERT INTO revisions (content_hash, newsletter, serial, revision, number, volume, year, date, languages, title, folder, pulled_at) VALUES ('6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', 'russia-confidential', 320, 1, 10, 25, 2026, '2026-10-15', '["en", "ru"]', 'Arctic transit after the Boreal Trader: who will insure the northern route?', '2026-10', '2026-11-30 12:40:10.015278');
INSERT INTO test_mailings (id, newsletter, serial, content_hash, editions_hash, sent_at, messages) VALUES (1, 'russia-confidential', 320, '6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', 'f3ee9c10daae2d62f52d6d66a71f25832457848da9129db0c2e420b71001eadf', '2026-11-30 12:40:16.999863', 2);
INSERT INTO mailings (id, newsletter, serial, supplement, state, content_hash, circulation_hash, editions_hash, inputs_hash, seal, letterhead, approval_required, planned_at, approved_hash, approved_by, approved_at, due_at, starts_at, held_reason, first_handover_at, rest_at, broken_at, closed_at, broken_by, stopped_at) VALUES (1, 'russia-confidential', 320, 0, 'closed', '6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', '84d7a60aac921589789996eb0dbf08705e9f236afb4a1f154213eecf69473aa4', 'f3ee9c10daae2d62f52d6d66a71f25832457848da9129db0c2e420b71001eadf', '11bb8890d9b6cc0348afd683621a9aadcbe533517d0d92a7eb751b2861a48a7c', '5ae66632de8bd3df739af6c4b3604c7b32a90917afa268fcabdbe62d76c22982', '{"sender_name": "Russia Confidential", "sender": "bulletin@club.example", "reply_to": "secretary@club.example", "list_name": "Russia Confidential", "insert_show": "always", "insert_due_days": "90"}', 1, '2026-11-30 12:40:16.244160', '5ae66632de8bd3df739af6c4b3604c7b32a90917afa268fcabdbe62d76c22982', 'secretary', '2026-11-30 12:40:18.509329', NULL, '2026-11-30 12:40:19.801793', NULL, '2026-11-30 12:40:20.244324', NULL, NULL, '2026-11-30 12:40:24.961120', '', NULL);
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
INSERT INTO revision_files (content_hash, name, content) VALUES ('6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', 'en.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO revision_files (content_hash, name, content) VALUES ('6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', 'ru.md', X'2D2D2D0A6E6577736C65747465723A207275737369612D636F6E666964656E74');
INSERT INTO revision_files (content_hash, name, content) VALUES ('6c7c94f775f2716894690682613687d5ccc19a7e3d7fb4e0d93dfdbddcd4eb9f', 'transit-cover.png', X'89504E470D0A1A0A0000000D4948445200000450000002060802000000FCE2EC');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M101', 'P101', 'individual', NULL, '{"en": "Amelia Hartwell", "ru": "\u0410\u043c\u0435\u043b\u0438\u044f \u0425\u0430\u0440\u0442\u0443\u044d\u043b\u043b"}', '{"en": "Dear Dr. Hartwell", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0425\u0430\u0440\u0442\u0443\u044d\u043b\u043b"}', 'amelia.hartwell@example.org', '["en"]', NULL, NULL, NULL, 'amelia.hartwell@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M102', 'P102', 'individual', NULL, '{"en": "Mikhail Rudnev", "ru": "\u041c\u0438\u0445\u0430\u0438\u043b \u0410\u043d\u0434\u0440\u0435\u0435\u0432\u0438\u0447 \u0420\u0443\u0434\u043d\u0435\u0432"}', '{"en": "Dear Mr. Rudnev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u041c\u0438\u0445\u0430\u0438\u043b \u0410\u043d\u0434\u0440\u0435\u0435\u0432\u0438\u0447"}', 'mikhail.rudnev@example.net', '["ru"]', NULL, NULL, NULL, 'mikhail.rudnev@example.net');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M103', 'P103', 'individual', NULL, '{"en": "Leila Benhaddou", "ru": "\u041b\u0435\u0439\u043b\u0430 \u0411\u0435\u043d\u0445\u0430\u0434\u0434\u0443"}', '{"en": "Dear Ms. Benhaddou", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0411\u0435\u043d\u0445\u0430\u0434\u0434\u0443"}', 'leila.benhaddou@example.com', '["en", "ru"]', NULL, NULL, NULL, 'leila.benhaddou@example.com');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M104', 'P104', 'corporate', 1, '{"en": "Ingrid Solvang", "ru": "\u0418\u043d\u0433\u0440\u0438\u0434 \u0421\u043e\u043b\u044c\u0432\u0430\u043d\u0433"}', '{"en": "Dear Ambassador Solvang", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u043f\u043e\u0441\u043e\u043b"}', 'ingrid.solvang@embassy.example', '["en"]', NULL, NULL, NULL, 'ingrid.solvang@embassy.example');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M104', 'P105', 'corporate', 2, '{"en": "Matti Korpela", "ru": "\u041c\u0430\u0442\u0442\u0438 \u041a\u043e\u0440\u043f\u0435\u043b\u0430"}', '{"en": "Dear Mr. Korpela", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u043e\u0440\u043f\u0435\u043b\u0430"}', 'matti.korpela@embassy.example', '["en", "ru"]', NULL, NULL, NULL, 'matti.korpela@embassy.example');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M105', 'P106', 'corporate', 1, '{"en": "Galina Ustinova", "ru": "\u0413\u0430\u043b\u0438\u043d\u0430 \u041f\u0430\u0432\u043b\u043e\u0432\u043d\u0430 \u0423\u0441\u0442\u0438\u043d\u043e\u0432\u0430"}', '{"en": "Dear Ms. Ustinova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0413\u0430\u043b\u0438\u043d\u0430 \u041f\u0430\u0432\u043b\u043e\u0432\u043d\u0430"}', 'galina.ustinova@freight.example', '["ru"]', NULL, NULL, NULL, 'galina.ustinova@freight.example');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M105', 'P107', 'corporate', 2, '{"en": "Rustam Gareev", "ru": "\u0420\u0443\u0441\u0442\u0430\u043c \u0418\u043b\u044c\u0434\u0430\u0440\u043e\u0432\u0438\u0447 \u0413\u0430\u0440\u0435\u0435\u0432"}', '{"en": "Dear Mr. Gareev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0420\u0443\u0441\u0442\u0430\u043c \u0418\u043b\u044c\u0434\u0430\u0440\u043e\u0432\u0438\u0447"}', 'rustam.gareev@freight.example', '["ru"]', NULL, NULL, NULL, 'rustam.gareev@freight.example');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M106', 'P108', 'individual', NULL, '{"en": "Emil Horvat", "ru": "\u042d\u043c\u0438\u043b\u044c \u0425\u043e\u0440\u0432\u0430\u0442"}', '{"en": "Dear Mr. Horvat", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0425\u043e\u0440\u0432\u0430\u0442"}', 'emil.horvat@example.org', '["en"]', NULL, NULL, NULL, 'emil.horvat@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M107', 'P109', 'honorary', NULL, '{"en": "Margarethe Lindau", "ru": "\u041c\u0430\u0440\u0433\u0430\u0440\u0435\u0442\u0430 \u041b\u0438\u043d\u0434\u0430\u0443"}', '{"en": "Dear Professor Lindau", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u043f\u0440\u043e\u0444\u0435\u0441\u0441\u043e\u0440 \u041b\u0438\u043d\u0434\u0430\u0443"}', 'margarethe.lindau@example.net', '["en"]', NULL, NULL, NULL, 'margarethe.lindau@example.net');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M108', 'P110', 'complimentary', NULL, '{"en": "Samuel Adeyemi", "ru": "\u0421\u044d\u043c\u044e\u044d\u043b \u0410\u0434\u0435\u0439\u0435\u043c\u0438"}', '{"en": "Dear Mr. Adeyemi", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0410\u0434\u0435\u0439\u0435\u043c\u0438"}', 'samuel.adeyemi@example.com', '["en"]', NULL, NULL, NULL, 'samuel.adeyemi@example.com');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M109', 'P111', 'individual', NULL, '{"en": "Zoya Karimova", "ru": "\u0417\u043e\u044f \u0420\u0430\u0448\u0438\u0434\u043e\u0432\u043d\u0430 \u041a\u0430\u0440\u0438\u043c\u043e\u0432\u0430"}', '{"en": "Dear Ms. Karimova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0417\u043e\u044f \u0420\u0430\u0448\u0438\u0434\u043e\u0432\u043d\u0430"}', 'zoya.karimova@example.org', '["ru"]', NULL, NULL, NULL, 'zoya.karimova@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M110', 'P112', 'individual', NULL, '{"en": "Julien Marchand", "ru": "\u0416\u044e\u043b\u044c\u0435\u043d \u041c\u0430\u0440\u0448\u0430\u043d"}', '{"en": "Dear Mr. Marchand", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041c\u0430\u0440\u0448\u0430\u043d"}', 'julien.marchand@example.net', '["en"]', NULL, NULL, NULL, 'julien.marchand@example.net');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M111', 'P113', 'individual', NULL, '{"en": "Priya Raghavan", "ru": "\u041f\u0440\u0438\u044f \u0420\u0430\u0433\u0445\u0430\u0432\u0430\u043d"}', '{"en": "Dear Dr. Raghavan", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0420\u0430\u0433\u0445\u0430\u0432\u0430\u043d"}', 'priya.raghavan@example.com', '["en"]', NULL, '2026-10-01', '2026-11-30', 'priya.raghavan@example.com');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M112', 'P114', 'individual', NULL, '{"en": "Anton Kessler", "ru": "\u0410\u043d\u0442\u043e\u043d \u041a\u0435\u0441\u0441\u043b\u0435\u0440"}', '{"en": "Dear Mr. Kessler", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u0435\u0441\u0441\u043b\u0435\u0440"}', 'anton.kessler@example.org', '["ru"]', '2026-08-31', NULL, NULL, 'anton.kessler@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M113', 'P115', 'individual', NULL, '{"en": "Beatriz Monteiro", "ru": "\u0411\u0435\u0430\u0442\u0440\u0438\u0441 \u041c\u043e\u043d\u0442\u0435\u0439\u0440\u0443"}', '{"en": "Dear Ms. Monteiro", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u041c\u043e\u043d\u0442\u0435\u0439\u0440\u0443"}', 'beatriz.monteiro@example.net', '["en"]', NULL, NULL, NULL, 'beatriz.monteiro@example.net');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M114', 'P116', 'individual', NULL, '{"en": "Nikolai Astafyev", "ru": "\u041d\u0438\u043a\u043e\u043b\u0430\u0439 \u041b\u044c\u0432\u043e\u0432\u0438\u0447 \u0410\u0441\u0442\u0430\u0444\u044c\u0435\u0432"}', '{"en": "Dear Professor Astafyev", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u041d\u0438\u043a\u043e\u043b\u0430\u0439 \u041b\u044c\u0432\u043e\u0432\u0438\u0447"}', 'nikolai.astafyev@example.com', '["ru"]', NULL, NULL, NULL, 'nikolai.astafyev@example.com');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M115', 'P117', 'individual', NULL, '{"en": "Hassan Karimi", "ru": "\u0425\u0430\u0441\u0430\u043d \u041a\u0430\u0440\u0438\u043c\u0438"}', '{"en": "Dear Mr. Karimi", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u041a\u0430\u0440\u0438\u043c\u0438"}', NULL, '["en"]', NULL, NULL, NULL, NULL);
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M116', 'P118', 'individual', NULL, '{"en": "Tatiana Veselova", "ru": "\u0422\u0430\u0442\u044c\u044f\u043d\u0430 \u042e\u0440\u044c\u0435\u0432\u043d\u0430 \u0412\u0435\u0441\u0435\u043b\u043e\u0432\u0430"}', '{"en": "Dear Ms. Veselova", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0422\u0430\u0442\u044c\u044f\u043d\u0430 \u042e\u0440\u044c\u0435\u0432\u043d\u0430"}', 'family.veselov@example.org', '["ru"]', NULL, NULL, NULL, 'family.veselov@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M117', 'P119', 'individual', NULL, '{"en": "Gleb Veselov", "ru": "\u0413\u043b\u0435\u0431 \u041d\u0438\u043a\u043e\u043b\u0430\u0435\u0432\u0438\u0447 \u0412\u0435\u0441\u0435\u043b\u043e\u0432"}', '{"en": "Dear Mr. Veselov", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0413\u043b\u0435\u0431 \u041d\u0438\u043a\u043e\u043b\u0430\u0435\u0432\u0438\u0447"}', 'family.veselov@example.org', '["ru"]', NULL, NULL, NULL, 'family.veselov@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M118', 'P120', 'individual', NULL, '{"en": "Haruka Ishida", "ru": "\u0425\u0430\u0440\u0443\u043a\u0430 \u0418\u0441\u0438\u0434\u0430"}', '{"en": "Dear Ms. Ishida", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0418\u0441\u0438\u0434\u0430"}', 'haruka.ishida@xn--e1afmkfd.example', '["en"]', NULL, NULL, NULL, 'haruka.ishida@xn--e1afmkfd.example');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M119', 'P121', 'individual', NULL, '{"en": "Timur Saburov", "ru": "\u0422\u0438\u043c\u0443\u0440 \u041c\u0430\u0440\u0430\u0442\u043e\u0432\u0438\u0447 \u0421\u0430\u0431\u0443\u0440\u043e\u0432"}', '{"en": "Dear Mr. Saburov", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0422\u0438\u043c\u0443\u0440 \u041c\u0430\u0440\u0430\u0442\u043e\u0432\u0438\u0447"}', 'тимур.сабуров@example.org', '["ru"]', NULL, NULL, NULL, 'тимур.сабуров@example.org');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M120', 'P122', 'individual', NULL, '{"en": "Claire Dumont", "ru": "\u041a\u043b\u0435\u0440 \u0414\u044e\u043c\u043e\u043d"}', '{"en": "Dear Ms. Dumont", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0433-\u0436\u0430 \u0414\u044e\u043c\u043e\u043d"}', 'claire.dumont@example.net', '["en"]', NULL, NULL, NULL, 'claire.dumont@example.net');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M121', 'P123', 'individual', NULL, '{"en": "Diego Fuentes", "ru": "\u0414\u0438\u0435\u0433\u043e \u0424\u0443\u044d\u043d\u0442\u0435\u0441"}', '{"en": "Dear Mr. Fuentes", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u044b\u0439 \u0433-\u043d \u0424\u0443\u044d\u043d\u0442\u0435\u0441"}', 'later.diego.fuentes@example.com', '["en"]', NULL, NULL, NULL, 'later.diego.fuentes@example.com');
INSERT INTO seats (membership, person, kind, number, names, salutations, address, languages, ended_on, pause_from, pause_until, mailbox) VALUES ('M122', 'P124', 'individual', NULL, '{"en": "Sofia Levina", "ru": "\u0421\u043e\u0444\u044c\u044f \u041c\u0430\u0440\u043a\u043e\u0432\u043d\u0430 \u041b\u0435\u0432\u0438\u043d\u0430"}', '{"en": "Dear Ms. Levina", "ru": "\u0423\u0432\u0430\u0436\u0430\u0435\u043c\u0430\u044f \u0421\u043e\u0444\u044c\u044f \u041c\u0430\u0440\u043a\u043e\u0432\u043d\u0430"}', 'nouser.sofia.levina@example.org', '["ru"]', NULL, NULL, NULL, 'nouser.sofia.levina@example.org');
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (1, 1, 'russia-confidential', 320, 'P101', 'en', 'individual-renew', 1, 'amelia.hartwell@example.org', 'Amelia Hartwell', 'Dear Dr. Hartwell', '2026-12-31', '<muyb5ig37yredwdj2iik@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (2, 1, 'russia-confidential', 320, 'P102', 'ru', 'individual-renew', 2, 'mikhail.rudnev@example.net', 'Михаил Андреевич Руднев', 'Уважаемый Михаил Андреевич', '2026-12-31', '<muyc2jsrp47jzs2baot6@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.net', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (3, 1, 'russia-confidential', 320, 'P103', 'en', 'individual-ahead', 3, 'leila.benhaddou@example.com', 'Leila Benhaddou', 'Dear Ms. Benhaddou', '2027-12-31', '<muydk3exjtbc7hpwbrou@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (4, 1, 'russia-confidential', 320, 'P103', 'ru', 'individual-ahead', 4, 'leila.benhaddou@example.com', 'Лейла Бенхадду', 'Уважаемая г-жа Бенхадду', '2027-12-31', '<muyejqv46h7pjgnuzvr7@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (5, 1, 'russia-confidential', 320, 'P104', 'en', 'corporate-renew', 5, 'ingrid.solvang@embassy.example', 'Ingrid Solvang', 'Dear Ambassador Solvang', '2026-12-31', '<muyf47ubcsevixw4gwdn@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (6, 1, 'russia-confidential', 320, 'P105', 'en', 'corporate-renew', 6, 'matti.korpela@embassy.example', 'Matti Korpela', 'Dear Mr. Korpela', '2026-12-31', '<muyg5o4n3ppavzhnstxe@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (7, 1, 'russia-confidential', 320, 'P105', 'ru', 'corporate-renew', 7, 'matti.korpela@embassy.example', 'Матти Корпела', 'Уважаемый г-н Корпела', '2026-12-31', '<muyhrpeb7pvxsovse5rc@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'embassy.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (8, 1, 'russia-confidential', 320, 'P106', 'ru', 'corporate-renew', 8, 'galina.ustinova@freight.example', 'Галина Павловна Устинова', 'Уважаемая Галина Павловна', '2026-12-31', '<muyit73yh7ug4dkwuua4@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'freight.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (9, 1, 'russia-confidential', 320, 'P107', 'ru', 'corporate-renew', 9, 'rustam.gareev@freight.example', 'Рустам Ильдарович Гареев', 'Уважаемый Рустам Ильдарович', '2026-12-31', '<muyjiqsm24qmcmub3kcj@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'freight.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (10, 1, 'russia-confidential', 320, 'P109', 'en', 'none', 10, 'margarethe.lindau@example.net', 'Margarethe Lindau', 'Dear Professor Lindau', NULL, '<muyk6cvvn4ooc2xdsk3n@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.net', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (11, 1, 'russia-confidential', 320, 'P110', 'en', 'complimentary-renew', 11, 'samuel.adeyemi@example.com', 'Samuel Adeyemi', 'Dear Mr. Adeyemi', '2026-12-31', '<muyl4wqbxmtcjnyhg6hg@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (12, 1, 'russia-confidential', 320, 'P116', 'ru', 'individual-renew', 12, 'nikolai.astafyev@example.com', 'Николай Львович Астафьев', 'Уважаемый Николай Львович', '2026-12-31', '<muym2oy6c3hedq66jmkh@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.com', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (13, 1, 'russia-confidential', 320, 'P118', 'ru', 'individual-renew', 13, 'family.veselov@example.org', 'Татьяна Юрьевна Веселова', 'Уважаемая Татьяна Юрьевна', '2026-12-31', '<muynlbvhkumwmmkfhw73@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (14, 1, 'russia-confidential', 320, 'P119', 'ru', 'individual-renew', 14, 'family.veselov@example.org', 'Глеб Николаевич Веселов', 'Уважаемый Глеб Николаевич', '2026-12-31', '<muyof3wcbn5a4ypsh7vn@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (15, 1, 'russia-confidential', 320, 'P120', 'en', 'individual-renew', 15, 'haruka.ishida@xn--e1afmkfd.example', 'Haruka Ishida', 'Dear Ms. Ishida', '2026-12-31', '<muyp7h576fol57v2jf6n@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'xn--e1afmkfd.example', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (16, 1, 'russia-confidential', 320, 'P121', 'ru', 'individual-renew', 16, 'тимур.сабуров@example.org', 'Тимур Маратович Сабуров', 'Уважаемый Тимур Маратович', '2026-12-31', '<muyqoskq6xz4tyjwpj2q@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (17, 1, 'russia-confidential', 320, 'P123', 'en', 'individual-renew', 17, 'later.diego.fuentes@example.com', 'Diego Fuentes', 'Dear Mr. Fuentes', '2026-12-31', '<muyrx2u23enxldsao62b@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'accepted', NULL, NULL, NULL, 2, NULL, NULL, 'example.com', NULL);
INSERT INTO deliveries (id, mailing, newsletter, serial, person, language, variant, copy_number, address, name, salutation, paid_until, message_id, judged_by, state, held_reason, next_attempt_at, owner, epoch, lease_until, marked_at, family, relay) VALUES (18, 1, 'russia-confidential', 320, 'P124', 'ru', 'individual-ahead', 18, 'nouser.sofia.levina@example.org', 'Софья Марковна Левина', 'Уважаемая Софья Марковна', '2027-12-31', '<muysryp3sb4ppml2r4sw@club.example>', '1:e8a19d5a85d7aab4e8e72c3fd640699b', 'rejected', NULL, NULL, NULL, 1, NULL, NULL, 'example.org', NULL);
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-open', 'fe8e14eb9ecc324ca5b6bd22416e4f8573cd1bc86012d6899728d650046b2089', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'complimentary-renew', 'ab3a42e77c8c3267dc2d87278acdbdcf59ea642cf706f0384db3084bf33b1579', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-ahead', 'fc3e8abcd42ef4c2201abfb080ebaec05359a1b2de6dfd8aa02dc114f3652a62', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-grace', '2b0bedb44a00629fe73ed536d3ad2e9f1939d004ff9f20e95265104d5d331c4e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'corporate-renew', 'bb35e5b0335832c9db2c65fc99e973fbeb7c4991734b4c4f1d89d06cffc7e451', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-ahead', '662122768c93ea445cf04258351ca9b7a9115b1eb7aeb9acc14296fddcf295a5', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-grace', 'a12417703d7457e6f7414ebb17b62ff67455497c38c4c88926c985aeaf082735', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'individual-renew', 'db78d7558a56f507c38b4748ca9a7508ef1c3f67c0084ba56e3308408687bfb2', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'en', 'none', '76e0c66cfb45cc3fe2fa226dee98733dee65097740ef3ea628f57449a417af9d', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-open', '38ffd925f1b273f4c97cfeb363cf1ae709fd70098af9265f61f13b56aa4e429e', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'complimentary-renew', '57024699afcc68d1260ede0c8a54650d234876356141b8f3783b044b50dd2e04', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-ahead', 'dd98760fb5bdae400eb15dbafd63b63d48d20ad31dc02cc9ac330fd953c6ac21', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-grace', '8ce6dd45bd40c78014664d11bd6dff45f6905a09ace44e0c34a017b482f47e2b', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'corporate-renew', 'aedec437111335d458fbaadadff224fd3da55f37d976b4744a9f484e6a8b8520', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-ahead', '4962b7c7d0d88f97bc4adf8ba265cfab0ae708bcc5846a8323a5d2d2fddeb2a0', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-grace', 'dfa4d4eafc81856c463af2f47c6c98e8ffea946e4ca6d7039812f3c16e804d19', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'individual-renew', '4ad1790ab500624a076b6dbb968cfcc750c2ebba08236de734eeb45773eefceb', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO editions (mailing, language, variant, digest, body) VALUES (1, 'ru', 'none', 'a76d678a56ab7676239449d3030f92d75ecb7dad257739f18c9c9097e7b706b9', X'7B2262616E6E65725F68746D6C223A312C2262616E6E65725F74657874223A30');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P108', 'expired', 9, '["2025-01-01 to 2025-12-31: 56000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P111', 'underpaid', 8, '["2026-01-01 to 2026-12-31: 40000 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P112', 'unpaid', 9, '["2026-01-01 to 2026-12-31: 0 RUB, not paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P113', 'paused', 10, '["paused 2026-10-01 to 2026-11-30", "2026-01-01 to 2026-12-31: 60000 RUB, paid in full"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P114', 'ended', 2, '["ended on 2026-08-31"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P115', 'not_in_circulation', 1, '["circulation archive"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P117', 'no_address', 3, '["the register has no e-mail address"]');
INSERT INTO exclusions (mailing, person, reason, rule, evidence) VALUES (1, 'P122', 'not_yet_started', 9, '["2027-01-01 to 2027-12-31: 64000 RUB, paid in full"]');
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
INSERT INTO relay_sizes (relay, octets, since) VALUES ('127.0.0.1', 33554432, '2026-11-30 12:40:20.784138');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (1, 1, 1, '2026-11-30 12:40:20.244324', '2026-11-30 12:40:20.535937', 'accepted', 250, '2.0.0', 'Ok: queued as 0003', '0003', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (2, 2, 1, '2026-11-30 12:40:20.273303', '2026-11-30 12:40:20.536326', 'accepted', 250, '2.0.0', 'Ok: queued as 0004', '0004', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (3, 3, 1, '2026-11-30 12:40:20.305841', '2026-11-30 12:40:20.569141', 'accepted', 250, '2.0.0', 'Ok: queued as 0005', '0005', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (4, 4, 1, '2026-11-30 12:40:20.330005', '2026-11-30 12:40:20.715880', 'accepted', 250, '2.0.0', 'Ok: queued as 0006', '0006', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (5, 5, 1, '2026-11-30 12:40:20.351103', '2026-11-30 12:40:20.716506', 'accepted', 250, '2.0.0', 'Ok: queued as 0007', '0007', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (6, 6, 1, '2026-11-30 12:40:20.351378', '2026-11-30 12:40:20.716722', 'accepted', 250, '2.0.0', 'Ok: queued as 0008', '0008', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (7, 7, 1, '2026-11-30 12:40:20.430812', '2026-11-30 12:40:20.850483', 'accepted', 250, '2.0.0', 'Ok: queued as 0009', '0009', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (8, 8, 1, '2026-11-30 12:40:20.431185', '2026-11-30 12:40:20.850769', 'accepted', 250, '2.0.0', 'Ok: queued as 0010', '0010', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (9, 9, 1, '2026-11-30 12:40:20.536163', '2026-11-30 12:40:20.851032', 'accepted', 250, '2.0.0', 'Ok: queued as 0011', '0011', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (10, 10, 1, '2026-11-30 12:40:20.568850', '2026-11-30 12:40:20.851142', 'accepted', 250, '2.0.0', 'Ok: queued as 0012', '0012', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (11, 11, 1, '2026-11-30 12:40:20.571114', '2026-11-30 12:40:21.235811', 'accepted', 250, '2.0.0', 'Ok: queued as 0013', '0013', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (12, 13, 1, '2026-11-30 12:40:20.716606', '2026-11-30 12:40:21.255798', 'accepted', 250, '2.0.0', 'Ok: queued as 0014', '0014', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (13, 14, 1, '2026-11-30 12:40:20.716799', '2026-11-30 12:40:21.255878', 'accepted', 250, '2.0.0', 'Ok: queued as 0015', '0015', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (14, 12, 1, '2026-11-30 12:40:20.716117', '2026-11-30 12:40:21.270132', 'accepted', 250, '2.0.0', 'Ok: queued as 0016', '0016', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (15, 15, 1, '2026-11-30 12:40:20.850648', '2026-11-30 12:40:21.270563', 'accepted', 250, '2.0.0', 'Ok: queued as 0017', '0017', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (16, 16, 1, '2026-11-30 12:40:20.850909', '2026-11-30 12:40:21.344518', 'accepted', 250, '2.0.0', 'Ok: queued as 0018', '0018', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (17, 17, 1, '2026-11-30 12:40:21.396797', '2026-11-30 12:40:21.399125', 'deferred', 451, '4.7.1', 'greylisted, please try again', '', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (18, 18, 1, '2026-11-30 12:40:21.397052', '2026-11-30 12:40:21.399393', 'rejected', 550, '5.1.1', 'no such user here', '', '', '127.0.0.1');
INSERT INTO attempts (id, delivery, number, started_at, finished_at, outcome, code, status, text, queue_id, tls_version, relay) VALUES (19, 17, 2, '2026-11-30 12:40:24.602323', '2026-11-30 12:40:24.746971', 'accepted', 250, '2.0.0', 'Ok: queued as 0019', '0019', '', '127.0.0.1');
INSERT INTO failures (delivery, refused, mailing, issue, address, reason, scope, hard, forwarded, at, said, reply, wording) VALUES (18, 1, 1, 'russia-confidential/320', 'nouser.sofia.levina@example.org', 'user_unknown', 'address', 1, 0, '2026-11-30 12:40:21.399393', '550 5.1.1 no such user here', '550 5.1.1', 'no such user here');
INSERT INTO looks (name, at, boot, elapsed, before) VALUES ('old reports', '2026-11-30 12:40:17.014004', 'fe10dd02-147e-422e-91f7-46d8700b391a', 77710.862781956, '2026-06-03 12:40:17.014004');
CREATE UNIQUE INDEX uq_payments_reference ON payments (membership, reference) WHERE reference <> '';
CREATE INDEX ix_seats_person ON seats (person);
CREATE UNIQUE INDEX uq_seats_corporate ON seats (membership, number) WHERE kind = 'corporate' AND ended_on IS NULL;
CREATE UNIQUE INDEX uq_seats_individual ON seats (membership) WHERE kind = 'individual' AND ended_on IS NULL;
CREATE UNIQUE INDEX uq_deliveries_one_copy ON deliveries (newsletter, serial, person, language) WHERE state IN ('accepted', 'held', 'pending', 'sending', 'uncertain');
CREATE INDEX ix_deliveries_mailing ON deliveries (mailing);
CREATE INDEX ix_deliveries_due ON deliveries (mailing, judged_by, next_attempt_at, id, family) WHERE state = 'pending';
CREATE INDEX ix_deliveries_in_hand ON deliveries (owner) WHERE state = 'sending';
CREATE INDEX ix_payments_membership ON payments (membership);
CREATE INDEX ix_letters_unsent ON letters (id) WHERE sent_at IS NULL;
CREATE INDEX ix_raw_reports_kept ON raw_reports (arrived_at) WHERE content IS NOT NULL;
CREATE UNIQUE INDEX uq_own_pauses_person ON own_pauses (person) WHERE lifted_at IS NULL;
CREATE INDEX ix_deliveries_address ON deliveries (address);
CREATE INDEX ix_deliveries_asking ON deliveries (state, mailing) WHERE state IN ('held', 'uncertain');
CREATE INDEX ix_seats_mailbox ON seats (mailbox);
CREATE INDEX ix_deliveries_person ON deliveries (person, newsletter, serial, language);
CREATE UNIQUE INDEX uq_holds_address ON holds (address) WHERE lifted_at IS NULL;
CREATE INDEX ix_holds_address ON holds (address);
CREATE INDEX ix_attempts_relay_started_at ON attempts (relay, started_at);
CREATE INDEX ix_failures_reply ON failures (mailing, reply);
CREATE INDEX ix_failures_address ON failures (address);
CREATE INDEX ix_failures_wording ON failures (mailing, wording);
CREATE INDEX ix_reports_delivery ON reports (delivery);
CREATE INDEX ix_reports_open ON reports (id) WHERE matter IS NOT NULL AND settled_at IS NULL;
CREATE INDEX ix_sessions_user ON sessions (user);

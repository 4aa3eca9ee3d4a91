CREATE TABLE `hosts` (
	`name` text PRIMARY KEY NOT NULL,
	`first_seen_at` integer NOT NULL,
	`reported_at` integer NOT NULL,
	`report` text,
	`outbox` text DEFAULT '' NOT NULL,
	`next_event` integer DEFAULT 0 NOT NULL
);
--> statement-breakpoint
CREATE TABLE `sessions` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`host` text NOT NULL,
	`instance` integer NOT NULL,
	`generation` text NOT NULL,
	`cid` integer NOT NULL,
	`gateway` text NOT NULL,
	`user` text NOT NULL,
	`number` integer NOT NULL,
	`slot` integer NOT NULL,
	`serial` text,
	`real_address` text NOT NULL,
	`started_at` integer NOT NULL,
	`ended_at` integer,
	`bytes_in` integer DEFAULT 0 NOT NULL,
	`bytes_out` integer DEFAULT 0 NOT NULL,
	`end_reason` text
);
--> statement-breakpoint
CREATE UNIQUE INDEX `one_session_per_client_id` ON `sessions` (`host`,`instance`,`generation`,`cid`);--> statement-breakpoint
CREATE INDEX `live_sessions` ON `sessions` (`gateway`) WHERE ended_at is null;--> statement-breakpoint
CREATE INDEX `sessions_of_gateway` ON `sessions` (`gateway`,`started_at`);--> statement-breakpoint
CREATE INDEX `sessions_by_end` ON `sessions` (`ended_at`);--> statement-breakpoint
CREATE TABLE `tokens` (
	`name` text PRIMARY KEY NOT NULL,
	`scope` text NOT NULL,
	`digest` blob NOT NULL,
	`created_at` integer NOT NULL,
	`expires_at` integer,
	`last_used_at` integer
);
--> statement-breakpoint
CREATE UNIQUE INDEX `tokens_digest_unique` ON `tokens` (`digest`);--> statement-breakpoint
CREATE TABLE `traffic` (
	`gateway` text NOT NULL,
	`day` text NOT NULL,
	`bytes_in` integer NOT NULL,
	`bytes_out` integer NOT NULL,
	PRIMARY KEY(`gateway`, `day`)
);
--> statement-breakpoint
CREATE INDEX `traffic_by_day` ON `traffic` (`day`);--> statement-breakpoint
ALTER TABLE `certificates` ADD `retire_on_use` integer DEFAULT false NOT NULL;
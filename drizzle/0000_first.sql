CREATE TABLE `audit` (
	`revision` integer PRIMARY KEY NOT NULL,
	`at` integer NOT NULL,
	`actor` text NOT NULL,
	`action` text NOT NULL,
	`object` text NOT NULL,
	`detail` text NOT NULL,
	`request_id` text NOT NULL
);
--> statement-breakpoint
CREATE TABLE `certificates` (
	`serial` text PRIMARY KEY NOT NULL,
	`kind` text NOT NULL,
	`gateway_id` integer,
	`name` text NOT NULL,
	`key_type` text NOT NULL,
	`not_before` integer NOT NULL,
	`not_after` integer NOT NULL,
	`der` blob NOT NULL,
	`sealed_key` blob,
	`sealed_tls_crypt_key` blob,
	`issued_at` integer NOT NULL,
	`superseded_at` integer,
	`revoked_at` integer,
	`revocation_reason` text,
	FOREIGN KEY (`gateway_id`) REFERENCES `gateways`(`id`) ON UPDATE no action ON DELETE set null
);
--> statement-breakpoint
CREATE UNIQUE INDEX `one_current_certificate_per_gateway` ON `certificates` (`gateway_id`) WHERE superseded_at is null;--> statement-breakpoint
CREATE INDEX `certificates_of_gateway` ON `certificates` (`gateway_id`);--> statement-breakpoint
CREATE INDEX `revoked_certificates` ON `certificates` (`revoked_at`) WHERE revoked_at is not null;--> statement-breakpoint
CREATE INDEX `certificates_by_end` ON `certificates` (`not_after`);--> statement-breakpoint
CREATE INDEX `certificates_by_standing` ON `certificates` (`kind`,`superseded_at`,`revoked_at`,`not_after`);--> statement-breakpoint
CREATE TABLE `gateways` (
	`id` integer PRIMARY KEY AUTOINCREMENT NOT NULL,
	`name` text NOT NULL,
	`user_number` integer NOT NULL,
	`slot` integer NOT NULL,
	`disabled` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	FOREIGN KEY (`user_number`) REFERENCES `users`(`number`) ON UPDATE no action ON DELETE no action,
	CONSTRAINT "sixteen_slots" CHECK("gateways"."slot" between 0 and 15)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `one_gateway_per_name` ON `gateways` (`name`);--> statement-breakpoint
CREATE UNIQUE INDEX `one_gateway_per_slot` ON `gateways` (`user_number`,`slot`);--> statement-breakpoint
CREATE TABLE `resting_numbers` (
	`number` integer PRIMARY KEY NOT NULL,
	`since` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `resting_slots` (
	`user_number` integer NOT NULL,
	`slot` integer NOT NULL,
	`since` integer NOT NULL,
	PRIMARY KEY(`user_number`, `slot`)
);
--> statement-breakpoint
CREATE TABLE `revoked_strangers` (
	`serial` text PRIMARY KEY NOT NULL,
	`revoked_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `site` (
	`id` integer PRIMARY KEY NOT NULL,
	`revision` integer NOT NULL,
	`crl_number` integer NOT NULL,
	`server_name` text NOT NULL,
	`authority_certificate` blob NOT NULL,
	`sealed_tls_crypt_key` blob NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "one_site" CHECK("site"."id" = 1)
);
--> statement-breakpoint
CREATE TABLE `users` (
	`number` integer PRIMARY KEY NOT NULL,
	`name` text NOT NULL,
	`disabled` integer DEFAULT false NOT NULL,
	`created_at` integer NOT NULL,
	CONSTRAINT "reserved_numbers" CHECK("users"."number" >= 2)
);
--> statement-breakpoint
CREATE UNIQUE INDEX `one_user_per_name` ON `users` (`name`);
CREATE TABLE `group_members` (
	`group_name` text NOT NULL,
	`user_number` integer,
	`gateway_id` integer,
	FOREIGN KEY (`group_name`) REFERENCES `groups`(`name`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`user_number`) REFERENCES `users`(`number`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`gateway_id`) REFERENCES `gateways`(`id`) ON UPDATE no action ON DELETE cascade,
	CONSTRAINT "a_user_or_a_gateway" CHECK(("group_members"."user_number" is null) <> ("group_members"."gateway_id" is null))
);
--> statement-breakpoint
CREATE UNIQUE INDEX `one_membership_per_user` ON `group_members` (`group_name`,`user_number`);--> statement-breakpoint
CREATE UNIQUE INDEX `one_membership_per_gateway` ON `group_members` (`group_name`,`gateway_id`);--> statement-breakpoint
CREATE INDEX `groups_of_user` ON `group_members` (`user_number`);--> statement-breakpoint
CREATE INDEX `groups_of_gateway` ON `group_members` (`gateway_id`);--> statement-breakpoint
CREATE TABLE `group_rules` (
	`group_name` text NOT NULL,
	`position` integer NOT NULL,
	`action` text NOT NULL,
	`direction` text NOT NULL,
	`peer_kind` text NOT NULL,
	`peer_prefix` text,
	`peer_gateway` integer,
	`peer_user` integer,
	`peer_group` text,
	`protocol` text NOT NULL,
	`ports` text NOT NULL,
	`network` integer,
	PRIMARY KEY(`group_name`, `position`),
	FOREIGN KEY (`group_name`) REFERENCES `groups`(`name`) ON UPDATE no action ON DELETE cascade,
	FOREIGN KEY (`peer_gateway`) REFERENCES `gateways`(`id`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`peer_user`) REFERENCES `users`(`number`) ON UPDATE no action ON DELETE no action,
	FOREIGN KEY (`peer_group`) REFERENCES `groups`(`name`) ON UPDATE no action ON DELETE no action
);
--> statement-breakpoint
CREATE INDEX `rules_naming_gateway` ON `group_rules` (`peer_gateway`) WHERE peer_gateway is not null;--> statement-breakpoint
CREATE INDEX `rules_naming_user` ON `group_rules` (`peer_user`) WHERE peer_user is not null;--> statement-breakpoint
CREATE INDEX `rules_naming_group` ON `group_rules` (`peer_group`) WHERE peer_group is not null;--> statement-breakpoint
CREATE TABLE `groups` (
	`name` text PRIMARY KEY NOT NULL,
	`description` text DEFAULT '' NOT NULL,
	`created_at` integer NOT NULL
);
--> statement-breakpoint
CREATE TABLE `policy_tests` (
	`name` text PRIMARY KEY NOT NULL,
	`position` integer NOT NULL,
	`from_peer` text NOT NULL,
	`to_peer` text NOT NULL,
	`protocol` text NOT NULL,
	`port` integer,
	`expect` text NOT NULL
);
--> statement-breakpoint
ALTER TABLE `site` ADD `default_policy` text DEFAULT 'open' NOT NULL;
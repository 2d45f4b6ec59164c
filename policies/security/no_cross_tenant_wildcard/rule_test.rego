package arqonbus.security.no_cross_tenant_wildcard_test

import data.arqonbus.security.no_cross_tenant_wildcard as rule

row := {
	"file": "libs/rooms/src/room-cache.ts",
	"line": 7,
	"project": "@arqonbus/rooms",
	"engine": "nats",
	"op": "subscribe",
	"role": "subject",
	"text": "t.*.orders",
	"form": "literal",
	"builder": "",
	"writes": false,
	"expires": true,
	"test": false,
}

allowed := {"security.no_cross_tenant_wildcard": [{"builder": "natsSubjectsBelow"}]}

others := {"store_builders": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"store_uses": [object.union(row, patch)]}))

failing := [
	{},
	{
		"text": ">",
	},
	{
		"text": "arqon.*.topic",
	},
	{
		"op": "filter_subject",
		"text": "t.*.{tenant}.>",
		"form": "template",
	},
	{
		"engine": "redis",
		"op": "keys",
		"role": "pattern",
		"text": "*",
	},
	{
		"engine": "redis",
		"op": "psubscribe",
		"role": "pattern",
		"text": "tenant:*",
	},
	{
		"text": "{}.>",
		"form": "template",
	},
]

passing := [
	{
		"text": "t.{tenant}.>",
		"form": "template",
	},
	{
		"text": "{builder}",
		"form": "builder",
	},
	{
		"text": "{inbox}.*",
		"form": "template",
	},
	{
		"test": true,
	},
	{
		"engine": "redis",
		"op": "scan",
		"role": "pattern",
		"text": "tenant:{tenant}:*",
		"form": "template",
	},
]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as allowed
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch) with data.allowed_patterns as allowed
		denied == set()
	}
}

test_finds_case_1 if {
	found := rule.deny with input as facts_of({
		"store_uses": [],
		"store_builders": [
			{
				"file": "libs/tenancy/src/topic-key.ts",
				"line": 9,
				"project": "@arqonbus/tenancy",
				"engine": "nats",
				"name": "natsAllTopics",
				"text": "t.*.>",
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
		"store_uses": [],
		"store_builders": [
			{
				"file": "libs/tenancy/src/topic-key.ts",
				"line": 9,
				"project": "@arqonbus/tenancy",
				"engine": "nats",
				"name": "natsSubjectsBelow",
				"text": "{}.>",
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}

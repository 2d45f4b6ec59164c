package arqonbus.observability.log_no_payload_test

import data.arqonbus.observability.log_no_payload as rule

row := {
	"file": "apps/spine/src/commands/x.ts",
	"line": 5,
	"project": "@arqonbus/spine",
	"level": "info",
	"first": "fields",
	"message": "constant",
	"fields": [
		"payload",
	],
	"values": [],
	"spreads": [],
	"test": false,
}

allowed := {"observability.log_no_payload": [{"file": "apps/spine/src/ok.ts", "name": "data"}]}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"log_calls": [object.union(row, patch)]}))

failing := [
	{},
	{
		"fields": [
			"detail",
		],
		"values": [
			"body",
		],
	},
	{
		"fields": [],
		"spreads": [
			"request",
		],
	},
	{
		"fields": [
			"access_token",
		],
	},
	{
		"fields": [
			"link_key",
		],
	},
	{
		"fields": [
			"Authorization",
		],
	},
	{
		"spreads": [
			"claims",
		],
		"fields": [],
	},
]

passing := [
	{
		"fields": [
			"session",
			"payload_bytes",
		],
	},
	{
		"test": true,
	},
	{
		"fields": [
			"detail",
		],
		"values": [
			"code",
		],
	},
	{
		"file": "apps/spine/src/ok.ts",
		"fields": [
			"data",
		],
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

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	some found in rule.deny with input as judged(failing[0]) with data.allowed_patterns as false
	contains(found.msg, "data.allowed_patterns")
}

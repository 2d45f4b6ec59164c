package arqonbus.observability.structured_log_test

import data.arqonbus.observability.structured_log as rule

row := {
	"file": "apps/spine/src/commands/x.ts",
	"line": 5,
	"project": "@arqonbus/spine",
	"api": "console.log",
	"test": false,
}

allowed := {
	"observability.structured_log": [
		{
			"project": "@arqonbus/cli",
		},
		{
			"file": "libs/telemetry/src/logger.ts",
			"api": "process.stdout",
		},
	],
}

others := {"log_calls": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"output_calls": [object.union(row, patch)]}))

failing := [{}, {"api": "console"}, {"api": "process.stdout"}, {"api": "debuglog"}]

passing := [
	{
		"test": true,
	},
	{
		"project": "@arqonbus/cli",
		"file": "apps/cli/src/a.ts",
	},
	{
		"file": "libs/telemetry/src/logger.ts",
		"api": "process.stdout",
	},
	{
		"file": "tools/bench/src/a.ts",
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
		"output_calls": [],
		"log_calls": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"level": "info",
				"first": "fields",
				"message": "built",
				"fields": [
					"session",
				],
				"values": [],
				"spreads": [],
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_finds_case_2 if {
	found := rule.deny with input as facts_of({
		"output_calls": [],
		"log_calls": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"level": "info",
				"first": "text",
				"message": "constant",
				"fields": [
					"session",
				],
				"values": [],
				"spreads": [],
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_finds_case_3 if {
	found := rule.deny with input as facts_of({
		"output_calls": [],
		"log_calls": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"level": "info",
				"first": "fields",
				"message": "missing",
				"fields": [
					"session",
				],
				"values": [],
				"spreads": [],
				"test": false,
			},
		],
	})
		with data.allowed_patterns as allowed
	count(found) > 0
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
		"output_calls": [],
		"log_calls": [
			{
				"file": "apps/spine/src/commands/x.ts",
				"line": 5,
				"project": "@arqonbus/spine",
				"level": "info",
				"first": "fields",
				"message": "constant",
				"fields": [
					"session",
				],
				"values": [],
				"spreads": [],
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

package arqonbus.observability.metric_label_cardinality_test

import data.arqonbus.observability.metric_label_cardinality as rule

row := {
	"file": "apps/spine/src/telemetry/spine-metrics.ts",
	"line": 30,
	"project": "@arqonbus/spine",
	"name": "arqon_things_total",
	"type": "counter",
	"help": true,
	"labels": [
		"room",
	],
	"test": false,
}

allowed := {
	"observability.metric_label_cardinality": [
		{
			"metric": "arqon_room_sessions",
			"label": "room",
		},
	],
}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"metrics": [object.union(row, patch)]}))

failing := [
	{},
	{
		"labels": [
			"message_id",
		],
	},
	{
		"labels": [
			"userId",
		],
	},
	{
		"labels": [
			"computed name",
		],
	},
	{
		"labels": [
			"subject",
		],
	},
	{
		"labels": [
			"remote_address",
		],
	},
]

passing := [{"labels": ["reason", "backend"]}, {"test": true}, {"name": "arqon_room_sessions"}]

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

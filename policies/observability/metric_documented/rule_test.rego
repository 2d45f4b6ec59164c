package arqonbus.observability.metric_documented_test

import data.arqonbus.observability.metric_documented as rule

row := {
	"file": "apps/spine/src/telemetry/spine-metrics.ts",
	"line": 30,
	"project": "@arqonbus/spine",
	"name": "arqon_things_total",
	"type": "counter",
	"help": true,
	"labels": [
		"kind",
	],
	"test": false,
}

others := {"documented_metrics": []}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"metrics": [object.union(row, patch)]}))

failing := [{}]

passing := [{"test": true}, {"name": ""}]

test_finds_each_variant if {
	every patch in failing {
		found := rule.deny with input as judged(patch)
		count(found) > 0
	}
}

test_points_at_the_row if {
	some found in rule.deny with input as judged(failing[0])
	found._loc == {"file": row.file, "line": row.line}
	found.project == row.project
}

test_passes_others if {
	every patch in passing {
		denied := rule.deny with input as judged(patch)
		denied == set()
	}
}

test_passes_case_1 if {
	denied := rule.deny with input as facts_of({
		"metrics": [
			{
				"file": "apps/spine/src/telemetry/spine-metrics.ts",
				"line": 30,
				"project": "@arqonbus/spine",
				"name": "arqon_things_total",
				"type": "counter",
				"help": true,
				"labels": [
					"kind",
				],
				"test": false,
			},
		],
		"documented_metrics": [
			{
				"file": "docs/metrics.md",
				"line": 9,
				"project": "workspace",
				"name": "arqon_things_total",
			},
		],
	})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

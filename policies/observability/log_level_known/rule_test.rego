package arqonbus.observability.log_level_known_test

import data.arqonbus.observability.log_level_known as rule

row := {
	"file": "apps/spine/src/commands/x.ts",
	"line": 5,
	"project": "@arqonbus/spine",
	"level": "fatal",
	"first": "fields",
	"message": "constant",
	"fields": [
		"session",
	],
	"values": [],
	"spreads": [],
	"test": false,
}

others := {}

meta := {"schema": 1, "now": "2026-01-01", "base": "committed", "labels": []}

facts_of(tables) := object.union(tables, {"meta": object.union(meta, {"counts": {name: count(rows) | some name, rows in tables}})})

judged(patch) := facts_of(object.union(others, {"log_calls": [object.union(row, patch)]}))

failing := [{}, {"level": "trace"}, {"level": "log"}]

passing := [{"level": "critical"}, {"test": true}, {"file": "tools/x/src/a.ts"}]

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

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

package arqonbus.ci.concurrency_set_test

import data.arqonbus.ci.concurrency_set as rule

workflow := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"concurrency": "ci",
	"kind": "workflow",
}

tables := {"workflows": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"concurrency": ""}),
		],
	})
	count(found) > 0
}

test_passes_group if {
	found := rule.deny with input as facts_of({
		"workflows": [
			workflow,
		],
	})
	found == set()
}

test_passes_action if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"kind": "action", "concurrency": ""}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

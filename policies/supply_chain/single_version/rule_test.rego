package arqonbus.supply_chain.single_version_test

import data.arqonbus.supply_chain.single_version as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"name": "ws",
	"own": false,
	"section": "dependencies",
	"spec": "8.23.0",
}

tables := {"dependencies": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_two if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
			object.union(dependency, {"file": "apps/shield/package.json", "project": "@arqonbus/shield", "spec": "8.22.0"}),
		],
	})
	count(found) > 0
}

test_passes_one if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
			object.union(dependency, {"file": "apps/shield/package.json"}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

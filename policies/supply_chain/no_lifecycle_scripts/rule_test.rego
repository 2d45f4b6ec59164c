package arqonbus.supply_chain.no_lifecycle_scripts_test

import data.arqonbus.supply_chain.no_lifecycle_scripts as rule

script := {
	"file": "package.json",
	"line": 10,
	"project": "workspace",
	"name": "build",
}

tables := {"package_scripts": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_postinstall if {
	found := rule.deny with input as facts_of({
		"package_scripts": [
			object.union(script, {"name": "postinstall"}),
		],
	})
	count(found) > 0
}

test_finds_prepare if {
	found := rule.deny with input as facts_of({
		"package_scripts": [
			object.union(script, {"name": "prepare"}),
		],
	})
	count(found) > 0
}

test_passes_build if {
	found := rule.deny with input as facts_of({
		"package_scripts": [
			script,
			object.union(script, {"name": "prepack"}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

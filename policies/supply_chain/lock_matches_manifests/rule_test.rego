package arqonbus.supply_chain.lock_matches_manifests_test

import data.arqonbus.supply_chain.lock_matches_manifests as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"kind": "exact",
	"locked": true,
	"locked_spec": "8.23.0",
	"locked_version": "8.23.0",
	"name": "ws",
	"section": "dependencies",
	"spec": "8.23.0",
	"version": "8.23.0",
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

test_finds_missing if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"locked": false, "locked_version": "", "locked_spec": ""}),
		],
	})
	count(found) > 0
}

test_finds_other_version if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"locked_version": "8.22.0"}),
		],
	})
	count(found) > 0
}

test_finds_other_spec if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"locked_spec": "8.22.0"}),
		],
	})
	count(found) > 0
}

test_passes_same if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
		],
	})
	found == set()
}

test_passes_override if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"section": "overrides", "locked": false, "locked_version": "", "locked_spec": ""}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

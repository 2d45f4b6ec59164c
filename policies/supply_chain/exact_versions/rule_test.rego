package arqonbus.supply_chain.exact_versions_test

import data.arqonbus.supply_chain.exact_versions as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"kind": "exact",
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

test_finds_caret if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"spec": "^8.23.0", "kind": "range"}),
		],
	})
	count(found) > 0
}

test_finds_star if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"spec": "*", "kind": "any"}),
		],
	})
	count(found) > 0
}

test_finds_tag if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"spec": "latest", "kind": "tag"}),
		],
	})
	count(found) > 0
}

test_finds_in_overrides if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"section": "overrides", "spec": "~1.0.0", "kind": "range"}),
		],
	})
	count(found) > 0
}

test_finds_own_with_a_version if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "@arqonbus/errors", "own": true, "spec": "0.1.0"}),
		],
	})
	count(found) > 0
}

test_passes_exact if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
		],
	})
	found == set()
}

test_passes_own if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "@arqonbus/errors", "own": true, "spec": "*", "kind": "any"}),
		],
	})
	found == set()
}

test_passes_reference if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"section": "overrides", "spec": "$ws", "kind": "tag"}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

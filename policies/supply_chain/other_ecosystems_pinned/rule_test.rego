package arqonbus.supply_chain.other_ecosystems_pinned_test

import data.arqonbus.supply_chain.other_ecosystems_pinned as rule

requirement := {
	"file": "tools/policy/go/judge/go.mod",
	"line": 7,
	"project": "@arqonbus/policy-check",
	"checksummed": true,
	"ecosystem": "go",
	"exact": true,
	"name": "github.com/open-policy-agent/conftest",
	"replaced": false,
	"version": "v0.69.0",
}

tables := {"other_dependencies": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_range if {
	found := rule.deny with input as facts_of({
		"other_dependencies": [
			object.union(requirement, {"ecosystem": "python", "name": "requests", "version": "", "exact": false}),
		],
	})
	count(found) > 0
}

test_finds_no_checksum if {
	found := rule.deny with input as facts_of({
		"other_dependencies": [
			object.union(requirement, {"checksummed": false}),
		],
	})
	count(found) > 0
}

test_finds_replaced if {
	found := rule.deny with input as facts_of({
		"other_dependencies": [
			object.union(requirement, {"replaced": true, "exact": false, "checksummed": false}),
		],
	})
	count(found) > 0
}

test_passes_pinned if {
	found := rule.deny with input as facts_of({
		"other_dependencies": [
			requirement,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

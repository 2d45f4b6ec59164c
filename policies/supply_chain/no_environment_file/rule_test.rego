package arqonbus.supply_chain.no_environment_file_test

import data.arqonbus.supply_chain.no_environment_file as rule

committed := {
	"file": "docs/a.md",
	"line": 1,
	"project": "workspace",
	"kind": "other",
	"path": "docs/a.md",
}

tables := {"committed_files": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_env if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "apps/spine/.env", "kind": "environment"}),
		],
	})
	count(found) > 0
}

test_finds_production if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": ".env.production", "kind": "environment"}),
		],
	})
	count(found) > 0
}

test_finds_key if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "certs/server.key", "kind": "credential"}),
		],
	})
	count(found) > 0
}

test_passes_example if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": ".env.example", "kind": "environment"}),
		],
	})
	found == set()
}

test_passes_other if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			committed,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

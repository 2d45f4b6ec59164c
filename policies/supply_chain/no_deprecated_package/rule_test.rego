package arqonbus.supply_chain.no_deprecated_package_test

import data.arqonbus.supply_chain.no_deprecated_package as rule

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"deprecated": false,
	"name": "ws",
	"version": "8.23.0",
}

tables := {"locked_packages": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_deprecated if {
	found := rule.warn with input as facts_of({
		"locked_packages": [
			object.union(locked, {"deprecated": true}),
		],
	})
	count(found) > 0
}

test_passes_kept if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			locked,
		],
	})
	found == set()
}

test_no_warning_kept if {
	found := rule.warn with input as facts_of({
		"locked_packages": [
			locked,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

package arqonbus.supply_chain.duplicate_major_test

import data.arqonbus.supply_chain.duplicate_major as rule

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"dev": false,
	"major": "8",
	"name": "ws",
	"source": "registry",
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

test_finds_two if {
	found := rule.warn with input as facts_of({
		"locked_packages": [
			locked,
			object.union(locked, {"version": "7.5.0", "major": "7"}),
		],
	})
	count(found) > 0
}

test_passes_one if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			locked,
		],
	})
	found == set()
}

test_no_warning_one if {
	found := rule.warn with input as facts_of({
		"locked_packages": [
			locked,
		],
	})
	found == set()
}

test_passes_tool if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			locked,
			object.union(locked, {"version": "7.5.0", "major": "7", "dev": true}),
		],
	})
	found == set()
}

test_no_warning_tool if {
	found := rule.warn with input as facts_of({
		"locked_packages": [
			locked,
			object.union(locked, {"version": "7.5.0", "major": "7", "dev": true}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

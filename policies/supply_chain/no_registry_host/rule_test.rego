package arqonbus.supply_chain.no_registry_host_test

import data.arqonbus.supply_chain.no_registry_host as rule

mention := {
	"file": "docs/a.md",
	"line": 1,
	"project": "workspace",
	"registry": "npm",
}

setting := {
	"file": ".npmrc",
	"line": 5,
	"project": "workspace",
	"key": "strict-allow-scripts",
}

tables := {"registry_hosts": [], "npm_settings": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_host if {
	found := rule.deny with input as facts_of({
		"registry_hosts": [
			mention,
		],
	})
	count(found) > 0
}

test_finds_setting if {
	found := rule.deny with input as facts_of({
		"npm_settings": [
			object.union(setting, {"key": "registry"}),
		],
	})
	count(found) > 0
}

test_passes_none if {
	found := rule.deny with input as facts_of({
		"npm_settings": [
			setting,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

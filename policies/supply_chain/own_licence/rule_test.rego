package arqonbus.supply_chain.own_licence_test

import data.arqonbus.supply_chain.own_licence as rule

manifest := {
	"file": "libs/sdk-js/package.json",
	"line": 2,
	"project": "@arqonbus/sdk",
	"license": "Apache-2.0",
	"name": "@arqonbus/sdk",
}

tables := {"packages": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

licences := {"own": "Apache-2.0"}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"license": ""}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_other if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"license": "MIT"}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_passes_own if {
	found := rule.deny with input as facts_of({
		"packages": [
			manifest,
		],
	})
		with data.licences as licences
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_licences if {
	found := rule.deny with input as facts_of({}) with data.licences as false
	some finding in found
	finding.msg == "cannot judge: data.licences is missing"
}

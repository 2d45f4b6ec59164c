package arqonbus.supply_chain.licence_allowed_test

import data.arqonbus.supply_chain.licence_allowed as rule

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"dev": false,
	"license": "MIT",
	"license_alternatives": ["MIT"],
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

licences := {
	"production": ["MIT", "Apache-2.0", "BSD-3-Clause"],
	"development": ["MPL-2.0"],
	"packages": {},
}

test_finds_agpl if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "AGPL-3.0-only", "license_alternatives": ["AGPL-3.0-only"]}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "", "license_alternatives": []}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_see_file if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "SEE LICENSE IN x", "license_alternatives": []}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_conjunction if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "MIT AND GPL-3.0-only", "license_alternatives": ["GPL-3.0-only AND MIT"]}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_with_exception if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {
				"license": "GPL-2.0-only WITH Classpath-exception-2.0",
				"license_alternatives": ["GPL-2.0-only WITH Classpath-exception-2.0"],
			}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_tool_licence_shipped if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "MPL-2.0", "license_alternatives": ["MPL-2.0"]}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_finds_unlicensed if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "UNLICENSED", "license_alternatives": ["UNLICENSED"], "dev": true}),
		],
	})
		with data.licences as licences
	count(found) > 0
}

test_passes_mit if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			locked,
		],
	})
		with data.licences as licences
	found == set()
}

test_passes_choice if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "(MIT OR GPL-3.0-only)", "license_alternatives": ["MIT", "GPL-3.0-only"]}),
		],
	})
		with data.licences as licences
	found == set()
}

test_passes_both if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {
				"license": "(Apache-2.0 AND BSD-3-Clause)",
				"license_alternatives": ["Apache-2.0 AND BSD-3-Clause"],
			}),
		],
	})
		with data.licences as licences
	found == set()
}

test_passes_tool if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"license": "MPL-2.0", "license_alternatives": ["MPL-2.0"], "dev": true}),
		],
	})
		with data.licences as licences
	found == set()
}

test_passes_link if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"source": "link", "license": "", "license_alternatives": []}),
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

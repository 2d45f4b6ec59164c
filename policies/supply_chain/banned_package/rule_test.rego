package arqonbus.supply_chain.banned_package_test

import data.arqonbus.supply_chain.banned_package as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"alias": "",
	"name": "ws",
	"own": false,
}

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"dev": false,
	"name": "ws",
}

similar := {
	"file": "package.json",
	"line": 10,
	"project": "workspace",
	"name": "lodahs",
	"resembles": "lodash",
}

tables := {"dependencies": [], "locked_packages": [], "similar_names": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {
	"banned": {
		"event-stream": "Once carried a thief of wallets",
		"flatmap-stream": "The thief in event-stream",
		"axios": "Services speak over the bus",
	},
	"banned_in_development_allowed": ["axios"],
}

test_finds_named if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "event-stream"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_behind_an_alias if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "streams", "alias": "event-stream"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_locked if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "flatmap-stream"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_shipped if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "axios"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_imitation if {
	found := rule.deny with input as facts_of({
		"similar_names": [
			similar,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_other if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
		],
		"locked_packages": [
			locked,
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_tool if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "axios", "dev": true}),
		],
	})
		with data.packages as packages
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_packages if {
	found := rule.deny with input as facts_of({}) with data.packages as false
	some finding in found
	finding.msg == "cannot judge: data.packages is missing"
}

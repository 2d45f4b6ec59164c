package arqonbus.supply_chain.alias_named_test

import data.arqonbus.supply_chain.alias_named as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"alias": "",
	"name": "ws",
}

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"folder": "ws",
	"name": "ws",
	"source": "registry",
}

tables := {"dependencies": [], "locked_packages": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {"aliases": {"uWebSockets.js": {"name": "uws-pack"}}}

test_finds_declared if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"alias": "other"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_another_behind if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "uWebSockets.js", "alias": "uws-other"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_locked if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"name": "other"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_listed if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "uWebSockets.js", "alias": "uws-pack"}),
		],
		"locked_packages": [
			object.union(locked, {"folder": "uWebSockets.js", "name": "uws-pack"}),
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_none if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			dependency,
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

package arqonbus.supply_chain.required_packages_test

import data.arqonbus.supply_chain.required_packages as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"alias": "",
	"name": "ws",
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

packages := {"required": ["nx", "typescript"]}

test_finds_missing if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "nx"}),
			object.union(dependency, {"name": "uWebSockets.js"}),
			object.union(dependency, {"name": "@bufbuild/protobuf"}),
			object.union(dependency, {"name": "@bufbuild/buf"}),
			object.union(dependency, {"name": "jose"}),
			object.union(dependency, {"name": "ioredis"}),
			object.union(dependency, {"name": "@opentelemetry/sdk-node"}),
			object.union(dependency, {"name": "vitest"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_nothing if {
	found := rule.deny with input as facts_of({}) with data.packages as packages
	count(found) > 0
}

test_passes_all if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "nx"}),
			object.union(dependency, {"name": "uWebSockets.js"}),
			object.union(dependency, {"name": "@bufbuild/protobuf"}),
			object.union(dependency, {"name": "@bufbuild/buf"}),
			object.union(dependency, {"name": "jose"}),
			object.union(dependency, {"name": "ioredis"}),
			object.union(dependency, {"name": "@opentelemetry/sdk-node"}),
			object.union(dependency, {"name": "vitest"}),
			object.union(dependency, {"name": "typescript"}),
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

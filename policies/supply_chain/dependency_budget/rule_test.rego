package arqonbus.supply_chain.dependency_budget_test

import data.arqonbus.supply_chain.dependency_budget as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"name": "ws",
	"own": false,
	"section": "dependencies",
}

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"dev": false,
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

packages := {"budget": {"per_project": 6, "locked": 720, "locked_production": 190}}

test_finds_seventh if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "package-0"}),
			object.union(dependency, {"name": "package-1"}),
			object.union(dependency, {"name": "package-2"}),
			object.union(dependency, {"name": "package-3"}),
			object.union(dependency, {"name": "package-4"}),
			object.union(dependency, {"name": "package-5"}),
			object.union(dependency, {"name": "package-6"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_optional if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "package-0", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-1", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-2", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-3", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-4", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-5", "section": "optionalDependencies"}),
			object.union(dependency, {"name": "package-6", "section": "optionalDependencies"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_six if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "package-0"}),
			object.union(dependency, {"name": "package-1"}),
			object.union(dependency, {"name": "package-2"}),
			object.union(dependency, {"name": "package-3"}),
			object.union(dependency, {"name": "package-4"}),
			object.union(dependency, {"name": "package-5"}),
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_own if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"name": "package-0"}),
			object.union(dependency, {"name": "package-1"}),
			object.union(dependency, {"name": "package-2"}),
			object.union(dependency, {"name": "package-3"}),
			object.union(dependency, {"name": "package-4"}),
			object.union(dependency, {"name": "package-5"}),
			object.union(dependency, {"name": "@arqonbus/errors", "own": true}),
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

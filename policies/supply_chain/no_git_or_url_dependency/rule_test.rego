package arqonbus.supply_chain.no_git_or_url_dependency_test

import data.arqonbus.supply_chain.no_git_or_url_dependency as rule

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"commit": "",
	"kind": "exact",
	"name": "ws",
	"section": "dependencies",
}

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
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

packages := {"pinned_sources": {}}

test_finds_git if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"kind": "git"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_url if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"kind": "url"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_file if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"kind": "file"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_unlisted_commit if {
	found := rule.deny with input as facts_of({
		"dependencies": [
			object.union(dependency, {"kind": "git", "commit": "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_locked if {
	found := rule.deny with input as facts_of({
		"locked_packages": [
			object.union(locked, {"source": "git"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_registry if {
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

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_packages if {
	found := rule.deny with input as facts_of({}) with data.packages as false
	some finding in found
	finding.msg == "cannot judge: data.packages is missing"
}

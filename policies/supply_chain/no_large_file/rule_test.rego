package arqonbus.supply_chain.no_large_file_test

import data.arqonbus.supply_chain.no_large_file as rule

committed := {
	"file": "docs/a.md",
	"line": 1,
	"project": "workspace",
	"bytes": 200000,
	"kind": "other",
	"path": "docs/a.md",
}

tables := {"committed_files": []}

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
	"max_file_bytes": 131072,
	"large_files": [{"glob": "package-lock.json", "max_bytes": 1000000, "reason": "Lists every package"}],
}

test_finds_large if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "docs/film.mp4", "bytes": 9000000}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_program if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "tools/x/run", "bytes": 1000, "kind": "program"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_archive if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "libs/a.tgz", "bytes": 10, "kind": "archive"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_over_its_bound if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "package-lock.json", "bytes": 3000000}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_listed if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"path": "package-lock.json", "bytes": 295462}),
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_small if {
	found := rule.deny with input as facts_of({
		"committed_files": [
			object.union(committed, {"bytes": 1000, "kind": "environment", "path": ".env"}),
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

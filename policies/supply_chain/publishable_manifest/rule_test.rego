package arqonbus.supply_chain.publishable_manifest_test

import data.arqonbus.supply_chain.publishable_manifest as rule

manifest := {
	"file": "libs/sdk-js/package.json",
	"line": 2,
	"project": "@arqonbus/sdk",
	"access": "public",
	"description": "Client of the bus",
	"files": ["dist/package"],
	"has_exports": true,
	"license": "Apache-2.0",
	"name": "@arqonbus/sdk",
	"node_engine": ">=20.19",
	"private": false,
	"provenance": true,
	"root": "libs/sdk-js",
	"version": "0.1.0",
}

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"name": "ws",
	"own": false,
	"own_private": false,
	"publishable": false,
	"section": "dependencies",
}

tables := {"packages": [], "dependencies": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {"published": ["@arqonbus/sdk"]}

test_finds_forgotten if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"name": "@arqonbus/new"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_no_files if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"files": []}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_no_provenance if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"provenance": false}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_version if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"version": "next"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_private_dependency if {
	found := rule.deny with input as facts_of({
		"packages": [
			manifest,
		],
		"dependencies": [
			object.union(dependency, {"name": "@arqonbus/errors", "own": true, "own_private": true, "publishable": true}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_withdrawn if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"private": true}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_complete if {
	found := rule.deny with input as facts_of({
		"packages": [
			manifest,
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_private if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {
				"name": "@arqonbus/link",
				"private": true,
				"files": [],
				"has_exports": false,
				"provenance": false,
			}),
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_bundled if {
	found := rule.deny with input as facts_of({
		"packages": [
			manifest,
		],
		"dependencies": [
			object.union(dependency, {
				"name": "@arqonbus/errors",
				"own": true,
				"section": "devDependencies",
				"publishable": true,
			}),
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

package arqonbus.supply_chain.no_install_scripts_test

import data.arqonbus.supply_chain.no_install_scripts as rule

locked := {
	"file": "package-lock.json",
	"line": 9000,
	"project": "workspace",
	"folder": "ws",
	"install_script": false,
	"name": "ws",
}

decision := {
	"file": "package.json",
	"line": 10,
	"project": "workspace",
	"decision": "denied",
	"name": "esbuild",
	"root": "",
}

manifest := {
	"file": "libs/sdk-js/package.json",
	"line": 2,
	"project": "@arqonbus/sdk",
	"root": "libs/sdk-js",
}

tables := {"locked_packages": [], "script_decisions": [], "packages": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {"install_scripts": {}}

test_finds_undecided if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": ""}),
		],
		"locked_packages": [
			object.union(locked, {"install_script": true, "name": "bufferutil", "folder": "bufferutil"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_granted if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": ""}),
		],
		"script_decisions": [
			object.union(decision, {"decision": "allowed"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_elsewhere if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": ""}),
		],
		"script_decisions": [
			object.union(decision, {"root": "libs/sdk-js"}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_refused if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": ""}),
		],
		"locked_packages": [
			object.union(locked, {"install_script": true, "name": "esbuild", "folder": "esbuild"}),
			locked,
		],
		"script_decisions": [
			decision,
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_with_version if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": ""}),
		],
		"locked_packages": [
			object.union(locked, {"install_script": true, "name": "@bufbuild/buf", "folder": "@bufbuild/buf"}),
		],
		"script_decisions": [
			object.union(decision, {"name": "@bufbuild/buf@1.74.0"}),
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

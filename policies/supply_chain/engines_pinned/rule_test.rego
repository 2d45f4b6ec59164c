package arqonbus.supply_chain.engines_pinned_test

import data.arqonbus.supply_chain.engines_pinned as rule

manifest := {
	"file": "libs/sdk-js/package.json",
	"line": 2,
	"project": "@arqonbus/sdk",
	"name": "@arqonbus/sdk",
	"node_engine": ">=20.19",
	"root": "libs/sdk-js",
}

toolchain := {
	"file": ".nvmrc",
	"line": 1,
	"project": "workspace",
	"tool": "node",
	"version": "20.19",
}

dependency := {
	"file": "libs/link/package.json",
	"line": 17,
	"project": "@arqonbus/link",
	"name": "ws",
	"version": "8.23.0",
}

matrix := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "unit",
	"values": ["20", "22"],
	"variable": "node",
}

step := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"inputs": [],
	"uses": "",
}

tables := {"packages": [], "toolchain_versions": [], "dependencies": [], "workflow_matrices": [], "workflow_steps": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

packages := {"toolchain": {"node": "20.19", "node_majors": ["20", "22"], "typescript": "6.0.3"}}

test_finds_nvmrc if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			object.union(toolchain, {"version": "22"}),
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_no_nvmrc if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_engine if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "node_engine": ">=18"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_no_matrix if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_narrow if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
			object.union(matrix, {"job": "long", "values": ["22"]}),
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_typescript if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "7.0.2"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_finds_latest if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020",
				"inputs": ["node-version=latest"],
			}),
		],
	})
		with data.packages as packages
	count(found) > 0
}

test_passes_same if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			step,
		],
	})
		with data.packages as packages
	found == set()
}

test_passes_setup if {
	found := rule.deny with input as facts_of({
		"packages": [
			object.union(manifest, {"root": "", "name": "arqonbus"}),
		],
		"toolchain_versions": [
			toolchain,
		],
		"dependencies": [
			object.union(dependency, {"name": "typescript", "version": "6.0.3"}),
		],
		"workflow_matrices": [
			matrix,
		],
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/setup-node@49933ea5288caeca8642d1e84afbd3f7d6820020",
				"inputs": ["node-version=${{ matrix.node }}", "cache=npm"],
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

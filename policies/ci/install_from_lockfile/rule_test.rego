package arqonbus.ci.install_from_lockfile_test

import data.arqonbus.ci.install_from_lockfile as rule

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"words": ["npm", "ci"],
}

tables := {"workflow_commands": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_install if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["npm", "install"]}),
		],
	})
	count(found) > 0
}

test_finds_flags_first if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["npm", "--silent", "i", "left-pad"]}),
		],
	})
	count(found) > 0
}

test_finds_npx if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["npx", "-y", "cowsay"]}),
		],
	})
	count(found) > 0
}

test_finds_npx_version if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["npx", "cowsay@1.0.0"]}),
		],
	})
	count(found) > 0
}

test_finds_yarn if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["yarn"]}),
		],
	})
	count(found) > 0
}

test_finds_pip if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["pip", "install", "x"]}),
		],
	})
	count(found) > 0
}

test_finds_go if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["go", "install", "example.com/x@latest"]}),
		],
	})
	count(found) > 0
}

test_passes_ci if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			command,
			object.union(command, {"words": ["npx", "nx", "run-many", "-t", "lint", "-p", "proto"]}),
			object.union(command, {"words": ["npm", "run", "policy"]}),
			object.union(command, {"words": ["npx", "nx", "run", "@arqonbus/docs:test"]}),
		],
	})
	found == set()
}

test_passes_hashes if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["pip", "install", "--require-hashes", "-r", "requirements.txt"]}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

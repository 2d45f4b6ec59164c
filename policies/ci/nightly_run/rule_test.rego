package arqonbus.ci.nightly_run_test

import data.arqonbus.ci.nightly_run as rule

trigger := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"crons": [],
	"event": "pull_request",
}

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"words": ["npm", "ci"],
}

tables := {"workflow_triggers": [], "workflow_commands": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"nightly": ["npm run test:long", "audit-dependencies.ts"]}

test_finds_no_schedule if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["npm", "run", "test:long"]}),
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["audit-dependencies.ts"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_weekly if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"file": ".github/workflows/nightly.yml", "event": "schedule", "crons": ["0 2 * * 1"]}),
		],
		"workflow_commands": [
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["npm", "run", "test:long"]}),
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["audit-dependencies.ts"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_no_audit if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"file": ".github/workflows/nightly.yml", "event": "schedule", "crons": ["0 2 * * *"]}),
		],
		"workflow_commands": [
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["npm", "run", "test:long"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_nothing if {
	found := rule.deny with input as facts_of({}) with data.pipeline as pipeline
	count(found) > 0
}

test_passes_daily if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"file": ".github/workflows/nightly.yml", "event": "schedule", "crons": ["0 2 * * *"]}),
		],
		"workflow_commands": [
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["npm", "run", "test:long"]}),
			object.union(command, {"file": ".github/workflows/nightly.yml", "words": ["audit-dependencies.ts"]}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_pipeline if {
	found := rule.deny with input as facts_of({}) with data.pipeline as false
	some finding in found
	finding.msg == "cannot judge: data.pipeline is missing"
}

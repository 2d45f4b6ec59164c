package arqonbus.ci.no_persisted_credentials_test

import data.arqonbus.ci.no_persisted_credentials as rule

step := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"inputs": [],
	"job": "policy",
	"uses": "",
}

tables := {"workflow_steps": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_missing if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {"uses": "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683"}),
		],
	})
	count(found) > 0
}

test_finds_true if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
				"inputs": ["persist-credentials=true"],
			}),
		],
	})
	count(found) > 0
}

test_passes_off if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/checkout@11bd71901bbe5b1630ceea73d27597364c9af683",
				"inputs": ["persist-credentials=false"],
			}),
		],
	})
	found == set()
}

test_passes_other if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			step,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

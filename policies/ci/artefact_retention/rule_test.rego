package arqonbus.ci.artefact_retention_test

import data.arqonbus.ci.artefact_retention as rule

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

pipeline := {"artefact_days": 30}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
				"inputs": ["if-no-files-found=error"],
			}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_other if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
				"inputs": ["retention-days=90", "if-no-files-found=error"],
			}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_may_miss if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
				"inputs": ["retention-days=30"],
			}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_thirty if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {
				"uses": "actions/upload-artifact@ea165f8d65b6e75b540449e92b4886f43607fa02",
				"inputs": ["retention-days=30", "if-no-files-found=error"],
			}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_none_at_all if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			step,
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

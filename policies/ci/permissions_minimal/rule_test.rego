package arqonbus.ci.permissions_minimal_test

import data.arqonbus.ci.permissions_minimal as rule

workflow := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"has_permissions": true,
	"kind": "workflow",
	"permissions": ["contents:read"],
}

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"permissions": [],
}

tables := {"workflows": [], "workflow_jobs": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"write_permissions": []}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"has_permissions": false, "permissions": []}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_write_all if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"permissions": ["*:write-all"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_top_write if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"permissions": ["contents:write"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_job_write if {
	found := rule.deny with input as facts_of({
		"workflows": [
			workflow,
		],
		"workflow_jobs": [
			object.union(job, {"permissions": ["packages:write"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_read if {
	found := rule.deny with input as facts_of({
		"workflows": [
			workflow,
		],
		"workflow_jobs": [
			job,
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_empty if {
	found := rule.deny with input as facts_of({
		"workflows": [
			object.union(workflow, {"permissions": []}),
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

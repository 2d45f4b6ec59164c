package arqonbus.ci.job_timeout_test

import data.arqonbus.ci.job_timeout as rule

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"timeout": 15,
	"uses": "",
}

tables := {"workflow_jobs": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"max_minutes": 60, "long_jobs": {".github/workflows/nightly.yml": 360}}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"timeout": 0}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_too_long if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"timeout": 600}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_stated if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_called if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"uses": "./.github/workflows/x.yml", "timeout": 0}),
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

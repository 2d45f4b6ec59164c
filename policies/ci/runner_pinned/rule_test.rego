package arqonbus.ci.runner_pinned_test

import data.arqonbus.ci.runner_pinned as rule

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"runs_on": ["ubuntu-24.04"],
	"uses": "",
}

matrix := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "unit",
	"values": ["20", "22"],
	"variable": "node",
}

tables := {"workflow_jobs": [], "workflow_matrices": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"runners": ["ubuntu-24.04"]}

test_finds_latest if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"runs_on": ["ubuntu-latest"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_self_hosted if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"runs_on": ["self-hosted", "linux"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_in_a_matrix if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"runs_on": ["${{ matrix.os }}"]}),
		],
		"workflow_matrices": [
			object.union(matrix, {"job": "policy", "variable": "os", "values": ["ubuntu-24.04", "ubuntu-latest"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_expression if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"runs_on": ["${{ vars.RUNNER }}"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_named if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_matrix if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"runs_on": ["${{ matrix.os }}"]}),
		],
		"workflow_matrices": [
			object.union(matrix, {"job": "policy", "variable": "os", "values": ["ubuntu-24.04"]}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_called if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"uses": "./.github/workflows/x.yml", "runs_on": []}),
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

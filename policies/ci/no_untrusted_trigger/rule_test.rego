package arqonbus.ci.no_untrusted_trigger_test

import data.arqonbus.ci.no_untrusted_trigger as rule

trigger := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"event": "pull_request",
}

tables := {"workflow_triggers": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"triggers": ["push", "pull_request"]}

test_finds_target if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"event": "pull_request_target"}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_comment if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"event": "issue_comment"}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_run if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"event": "workflow_run"}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_pull_request if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
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

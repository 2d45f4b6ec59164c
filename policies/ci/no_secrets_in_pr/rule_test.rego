package arqonbus.ci.no_secrets_in_pr_test

import data.arqonbus.ci.no_secrets_in_pr as rule

trigger := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"event": "pull_request",
}

expression := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"contexts": ["matrix.node"],
	"expression": "matrix.node",
}

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"inherits_secrets": false,
	"job": "policy",
}

tables := {"workflow_triggers": [], "workflow_expressions": [], "workflow_jobs": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_named if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_expressions": [
			object.union(expression, {"expression": "secrets.NPM_TOKEN", "contexts": ["secrets.npm_token"]}),
		],
	})
	count(found) > 0
}

test_finds_all if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_expressions": [
			object.union(expression, {"expression": "toJSON(secrets)", "contexts": ["secrets"]}),
		],
	})
	count(found) > 0
}

test_finds_inherited if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_jobs": [
			object.union(job, {"inherits_secrets": true}),
		],
	})
	count(found) > 0
}

test_passes_token if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			trigger,
		],
		"workflow_expressions": [
			object.union(expression, {"expression": "secrets.GITHUB_TOKEN", "contexts": ["secrets.github_token"]}),
		],
	})
	found == set()
}

test_passes_main if {
	found := rule.deny with input as facts_of({
		"workflow_triggers": [
			object.union(trigger, {"event": "push"}),
		],
		"workflow_expressions": [
			object.union(expression, {"expression": "secrets.NPM_TOKEN", "contexts": ["secrets.npm_token"]}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

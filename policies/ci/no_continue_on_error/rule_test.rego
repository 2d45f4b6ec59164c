package arqonbus.ci.no_continue_on_error_test

import data.arqonbus.ci.no_continue_on_error as rule

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"continue_on_error": "",
	"job": "policy",
}

step := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"continue_on_error": "",
	"job": "policy",
	"run": "npm ci",
	"shell": "",
}

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"joined_by": "",
	"words": ["npm", "ci"],
}

tables := {"workflow_jobs": [], "workflow_steps": [], "workflow_commands": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_step if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {"continue_on_error": "true"}),
		],
	})
	count(found) > 0
}

test_finds_job if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"continue_on_error": "${{ matrix.x }}"}),
		],
	})
	count(found) > 0
}

test_finds_or_true if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["true"], "joined_by": "||"}),
		],
	})
	count(found) > 0
}

test_finds_colon if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": [":"], "joined_by": "||"}),
		],
	})
	count(found) > 0
}

test_finds_exit_0 if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["exit", "0"], "joined_by": "||"}),
		],
	})
	count(found) > 0
}

test_finds_set_e if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["set", "+e"]}),
		],
	})
	count(found) > 0
}

test_finds_shell if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {"shell": "bash {0}"}),
		],
	})
	count(found) > 0
}

test_passes_plain if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			step,
			object.union(step, {"shell": "bash --noprofile --norc -eo pipefail {0}"}),
		],
		"workflow_commands": [
			command,
		],
	})
	found == set()
}

test_passes_fails if {
	found := rule.deny with input as facts_of({
		"workflow_commands": [
			object.union(command, {"words": ["exit", "1"], "joined_by": "||"}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

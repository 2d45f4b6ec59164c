package arqonbus.ci.policy_is_required_test

import data.arqonbus.ci.policy_is_required as rule

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"check_names": ["policy"],
	"condition": "",
	"continue_on_error": "",
	"job": "policy",
	"needs": [],
}

step := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"condition": "",
	"continue_on_error": "",
	"job": "policy",
	"run": "npm ci",
	"shell": "",
	"step": 1,
}

command := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"job": "policy",
	"joined_by": "",
	"step": 2,
	"words": ["npm", "ci"],
}

check := {
	"file": ".github/rulesets/main.json",
	"line": 1,
	"project": "workspace",
	"check": "policy",
}

tables := {"workflow_jobs": [], "workflow_steps": [], "workflow_commands": [], "required_checks": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {
	"workflow": ".github/workflows/ci.yml",
	"policy": {"job": "policy", "runs": ["nx affected -t policy"]},
}

test_finds_or_true if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
			object.union(command, {"step": 4, "words": ["true"], "joined_by": "||"}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_piped if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
			object.union(command, {"step": 4, "words": ["tee", "log"], "joined_by": "|"}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_may_fail if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "continue_on_error": "true"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_step_condition if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "condition": "github.event_name == 'push'"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_job_condition if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			object.union(job, {"condition": "false"}),
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_set_e if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["set", "+e"]}),
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_echo if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["echo", "npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_narrowed if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy", "--exclude=*"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_empty_range if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy", "--base=HEAD"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_removed if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_no_job if {
	found := rule.deny with input as facts_of({
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_not_required if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_plain if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {"step": 4, "words": ["npx", "nx", "affected", "-t", "policy"]}),
		],
		"required_checks": [
			check,
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_since if {
	found := rule.deny with input as facts_of({
		"workflow_jobs": [
			job,
		],
		"workflow_steps": [
			object.union(step, {"step": 4, "run": "npx nx affected -t policy"}),
		],
		"workflow_commands": [
			object.union(command, {
				"step": 4,
				"words": ["npx", "nx", "affected", "-t", "policy", "--base=$SINCE", "--head=HEAD"],
			}),
		],
		"required_checks": [
			check,
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

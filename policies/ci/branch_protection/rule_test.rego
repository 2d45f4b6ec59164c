package arqonbus.ci.branch_protection_test

import data.arqonbus.ci.branch_protection as rule

ruleset := {
	"file": ".github/rulesets/main.json",
	"line": 1,
	"project": "workspace",
	"approvals": 1,
	"branches": ["~DEFAULT_BRANCH"],
	"bypass_actors": 0,
	"code_owner_review": true,
	"dismiss_stale": true,
	"enforcement": "active",
	"kinds": ["deletion", "non_fast_forward", "pull_request", "required_status_checks"],
	"up_to_date": true,
}

check := {
	"file": ".github/rulesets/main.json",
	"line": 1,
	"project": "workspace",
	"check": "policy",
}

job := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"check_names": ["policy"],
}

tables := {"rulesets": [], "required_checks": [], "workflow_jobs": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_disabled if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			object.union(ruleset, {"enforcement": "disabled"}),
		],
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_no_approval if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			object.union(ruleset, {"approvals": 0}),
		],
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_bypass if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			object.union(ruleset, {"bypass_actors": 1}),
		],
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_forced_push if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			object.union(ruleset, {"kinds": ["deletion", "pull_request", "required_status_checks"]}),
		],
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_unknown_check if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			ruleset,
		],
		"required_checks": [
			check,
			object.union(check, {"check": "Policy"}),
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_finds_no_checks if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			ruleset,
		],
		"workflow_jobs": [
			job,
		],
	})
	count(found) > 0
}

test_passes_protected if {
	found := rule.deny with input as facts_of({
		"rulesets": [
			ruleset,
		],
		"required_checks": [
			check,
		],
		"workflow_jobs": [
			job,
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

package arqonbus.ci.no_script_injection_test

import data.arqonbus.ci.no_script_injection as rule

expression := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"contexts": ["matrix.node"],
	"job": "policy",
	"step": 2,
	"expression": "matrix.node",
	"place": "run",
}

tables := {"workflow_expressions": [], "workflow_steps": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

pipeline := {"run_contexts": ["matrix.", "github.sha"]}

test_finds_title if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {
				"expression": "github.event.pull_request.title",
				"contexts": ["github.event.pull_request.title"],
			}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_head_ref if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {"expression": "github.head_ref", "contexts": ["github.head_ref"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_script if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {
				"place": "script",
				"expression": "github.event.issue.body",
				"contexts": ["github.event.issue.body"],
			}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_whole if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {"expression": "toJSON(github)", "contexts": ["github"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_env if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {"expression": "env.TITLE", "contexts": ["env.title"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_finds_secret if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {"expression": "secrets.X", "contexts": ["secrets.x"]}),
		],
	})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_matrix if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			expression,
		],
	})
		with data.pipeline as pipeline
	found == set()
}

test_passes_environment if {
	found := rule.deny with input as facts_of({
		"workflow_expressions": [
			object.union(expression, {"place": "env", "expression": "github.head_ref", "contexts": ["github.head_ref"]}),
		],
	})
		with data.pipeline as pipeline
	found == set()
}

writing_step := {
	"file": ".github/workflows/ci.yml",
	"line": 12,
	"project": "workspace",
	"job": "policy",
	"step": 2,
	"run": "echo \"T=$T\" >> \"$GITHUB_ENV\"",
}

titled := object.union(expression, {
	"place": "env",
	"expression": "github.event.pull_request.title",
	"contexts": ["github.event.pull_request.title"],
})

test_denies_environment_of_later_steps if {
	some row in [titled, object.union(titled, {"step": 0}), object.union(titled, {"job": "", "step": 0})]
	found := rule.deny with input as facts_of({"workflow_expressions": [row], "workflow_steps": [writing_step]})
		with data.pipeline as pipeline
	count(found) > 0
}

test_passes_environment_of_another_step if {
	found := rule.deny with input as facts_of({"workflow_expressions": [object.union(titled, {"step": 3})], "workflow_steps": [writing_step]})
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

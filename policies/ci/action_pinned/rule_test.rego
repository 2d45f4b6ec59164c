package arqonbus.ci.action_pinned_test

import data.arqonbus.ci.action_pinned as rule

used := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"kind": "action",
	"ref": "11bd71901bbe5b1630ceea73d27597364c9af683",
	"target": "actions/checkout",
}

tables := {"workflow_uses": [], "workflow_commands": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

test_finds_tag if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"ref": "v4"}),
		],
	})
	count(found) > 0
}

command := {"file": ".github/workflows/ci.yml", "line": 12, "project": "workspace", "job": "lint", "step": 2, "joined_by": ""}

test_finds_an_image_of_a_command if {
	row := object.union(command, {"words": ["docker", "run", "--rm", "redis:7"]})
	found := rule.deny with input as facts_of({"workflow_commands": [row]})
	{one.subject | some one in found} == {"docker"}
}

test_passes_other_commands if {
	digest := "redis@sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
	every words in [["docker", "run", digest], ["docker", "ps"], ["npm", "run", "build"]] {
		found := rule.deny with input as facts_of({"workflow_commands": [object.union(command, {"words": words})]})
		found == set()
	}
}

test_finds_branch if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"ref": "main"}),
		],
	})
	count(found) > 0
}

test_finds_short if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"ref": "11bd719"}),
		],
	})
	count(found) > 0
}

test_finds_none if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"ref": ""}),
		],
	})
	count(found) > 0
}

test_finds_image if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"kind": "docker", "target": "node:20", "ref": ""}),
		],
	})
	count(found) > 0
}

test_finds_called_workflow if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"target": "a/b/.github/workflows/c.yml", "ref": "v1"}),
		],
	})
	count(found) > 0
}

test_passes_commit if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			used,
		],
	})
	found == set()
}

test_passes_digest if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {
				"kind": "docker",
				"target": "node",
				"ref": "sha256:aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa",
			}),
		],
	})
	found == set()
}

test_passes_local if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"kind": "local", "target": "./.github/actions/setup", "ref": ""}),
		],
	})
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

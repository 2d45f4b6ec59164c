package arqonbus.ci.pin_has_source_test

import data.arqonbus.ci.pin_has_source as rule

used := {
	"file": ".github/workflows/ci.yml",
	"line": 10,
	"project": "workspace",
	"action": "actions/checkout",
	"comment": "v4.2.2",
	"kind": "action",
	"ref": "11bd71901bbe5b1630ceea73d27597364c9af683",
	"target": "actions/checkout",
}

tables := {"workflow_uses": []}

facts_of(found) := object.union(present, {"meta": {
	"schema": 1,
	"now": "2026-01-01",
	"base": "committed",
	"labels": [],
	"counts": {table: count(rows) | some table, rows in present},
}}) if {
	present := object.union(tables, found)
}

actions := [
	{
		"action": "actions/checkout",
		"sha": "11bd71901bbe5b1630ceea73d27597364c9af683",
		"version": "v4.2.2",
		"source": "The release page of the action",
		"looked_up": "2026-11-21",
	},
]

test_finds_unknown if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {
				"target": "some/action",
				"action": "some/action",
				"ref": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb",
			}),
		],
	})
		with data.actions as actions
	count(found) > 0
}

test_finds_other_commit if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"ref": "bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"}),
		],
	})
		with data.actions as actions
	count(found) > 0
}

test_finds_wrong_comment if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"comment": "v5.0.0"}),
		],
	})
		with data.actions as actions
	count(found) > 0
}

test_finds_no_comment if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"comment": ""}),
		],
	})
		with data.actions as actions
	count(found) > 0
}

test_passes_recorded if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			used,
		],
	})
		with data.actions as actions
	found == set()
}

test_passes_local if {
	found := rule.deny with input as facts_of({
		"workflow_uses": [
			object.union(used, {"kind": "local", "action": ""}),
		],
	})
		with data.actions as actions
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

test_denies_without_actions if {
	found := rule.deny with input as facts_of({}) with data.actions as false
	some finding in found
	finding.msg == "cannot judge: data.actions is missing"
}

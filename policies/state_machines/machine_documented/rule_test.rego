package arqonbus.state_machines.machine_documented_test

import data.arqonbus.state_machines.machine_documented as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_state_unions := {
	"file": "apps/shield/src/x.ts",
	"line": 3,
	"project": "@arqonbus/shield",
	"name": "XState",
	"form": "type",
	"states": ["idle", "busy"],
	"documented": true,
}

row_of_projects := {
	"file": "apps/shield/package.json",
	"line": 1,
	"project": "@arqonbus/shield",
	"layer": "app",
}

allowances := {"state_machines.machine_documented": [{"file": "libs/x/src/*.ts", "name": "JobStatus", "reason": "Told by a peer."}]}

test_denies_uploadstate_is_a_set_of_states_idle_sending_reconnecting_slo if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {
				"name": "UploadState",
				"states": ["idle", "sending", "reconnecting_slowly"],
				"documented": false,
			}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	some finding in found
	finding.msg == "UploadState is a set of states (idle, sending, reconnecting_slowly) without a document under docs/state_machines"
	finding._loc.line > 0
}

test_denies_variant_2 if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {"name": "state", "form": "inline", "states": ["slow", "open", "closed"], "documented": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	count(found) > 0
}

test_denies_variant_3 if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {"name": "JobStatus", "form": "enum", "states": ["queued", "done"], "documented": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	count(found) > 0
}

test_denies_variant_4 if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {
				"project": "@arqonbus/unknown",
				"name": "state",
				"form": "untyped",
				"states": ["idle"],
				"documented": false,
			}),
		],
		"projects": [
			row_of_projects,
		],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	count(found) > 0
}

test_passes_case_1 if {
	rows := {
		"state_unions": [
			row_of_state_unions,
		],
		"projects": [
			row_of_projects,
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	denied == set()
}

test_passes_case_2 if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {"project": "@arqonbus/bench", "documented": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "apps/bench/package.json", "project": "@arqonbus/bench", "layer": "tool"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_passes_a_named_set if {
	rows := {
		"state_unions": [
			object.union(row_of_state_unions, {"file": "libs/x/src/a.ts", "name": "JobStatus", "documented": false}),
		],
		"projects": [
			row_of_projects,
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as allowances
	denied == set()
}

test_denies_without_data if {
	rows := {
		"state_unions": [
			row_of_state_unions,
		],
		"projects": [
			row_of_projects,
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.allowed_patterns as false
	count(denied) > 0
}

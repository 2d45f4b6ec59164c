package arqonbus.state_machines.transition_tested_test

import data.arqonbus.state_machines.transition_tested as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machine_transitions := {
	"file": "docs/state_machines/link.md",
	"line": 40,
	"project": "@arqonbus/shield",
	"machine": "link",
	"from": "up",
	"event": "lost",
	"to": "waiting",
	"tested": true,
}

test_denies_no_test_of_the_machine_link_t_leads_from_up_to_waiting_by_lo if {
	rows := {
		"machine_transitions": [
			object.union(row_of_machine_transitions, {"file": "docs/state_machines/link_t.md", "machine": "link_t", "tested": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "no test of the machine link_t leads from up to waiting by lost"
	finding._loc.line > 0
}

test_denies_variant_2 if {
	rows := {
		"machine_transitions": [
			row_of_machine_transitions,
			object.union(row_of_machine_transitions, {"from": "waiting", "event": "dial", "to": "up", "tested": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	count(found) > 0
}

test_passes_case_1 if {
	rows := {
		"machine_transitions": [
			row_of_machine_transitions,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

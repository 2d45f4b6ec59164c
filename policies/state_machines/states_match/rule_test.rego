package arqonbus.state_machines.states_match_test

import data.arqonbus.state_machines.states_match as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machine_states := {
	"file": "docs/state_machines/link.md",
	"line": 20,
	"project": "@arqonbus/shield",
	"machine": "link",
	"state": "up",
	"in_doc": true,
	"in_code": true,
}

test_denies_the_code_of_the_machine_connection_c_has_the_state_reconnect if {
	rows := {
		"machine_states": [
			object.union(row_of_machine_states, {
				"file": "libs/x/src/link.ts",
				"machine": "connection_c",
				"state": "reconnecting_slowly",
				"in_doc": false,
			}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the code of the machine connection_c has the state reconnecting_slowly, its document has not"
	finding._loc.line > 0
}

test_denies_the_document_of_the_machine_link_has_the_state_resting_its_c if {
	rows := {
		"machine_states": [
			object.union(row_of_machine_states, {"state": "resting", "in_code": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the document of the machine link has the state resting, its code has not"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machine_states": [
			row_of_machine_states,
			object.union(row_of_machine_states, {"state": "closed"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

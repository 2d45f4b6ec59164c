package arqonbus.state_machines.document_complete_test

import data.arqonbus.state_machines.document_complete as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"owner": "X",
	"field": "state",
	"field_found": true,
	"tests_found": true,
	"driven": 1,
}

row_of_machine_document_faults := {
	"file": "docs/state_machines/x.md",
	"line": 9,
	"project": "workspace",
	"document": "docs/state_machines/x.md",
	"fault": "line 9: Events has no table",
}

test_denies_docs_state_machines_x_md_cannot_be_read_line_9_events_has_no if {
	rows := {
		"machine_document_faults": [
			row_of_machine_document_faults,
		],
		"machines": [],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "docs/state_machines/x.md cannot be read: line 9: Events has no table"
	finding._loc.line > 0
}

test_denies_x_state_the_field_of_the_machine_a_is_not_there if {
	rows := {
		"machine_document_faults": [],
		"machines": [
			object.union(row_of_machines, {"field_found": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "X.state, the field of the machine a, is not there"
	finding._loc.line > 0
}

test_denies_a_test_that_the_document_of_the_machine_a_names_is_not_there if {
	rows := {
		"machine_document_faults": [],
		"machines": [
			object.union(row_of_machines, {"tests_found": false}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "a test that the document of the machine a names is not there"
	finding._loc.line > 0
}

test_denies_no_live_test_drives_the_machine_a_over_its_document if {
	rows := {
		"machine_document_faults": [],
		"machines": [
			object.union(row_of_machines, {"driven": 0}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "no live test drives the machine a over its document"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machine_document_faults": [],
		"machines": [
			row_of_machines,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

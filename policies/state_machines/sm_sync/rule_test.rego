package arqonbus.state_machines.sm_sync_test

import data.arqonbus.state_machines.sm_sync as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
	"code_changed": true,
	"doc_changed": true,
}

test_warns_that_the_code_of_the_machine_drifting_was_changed_its_document_wa if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/drifting.md", "name": "drifting", "doc_changed": false}),
		],
	}
	found := rule.warn with input as facts_of(rows, {"base": "commit"})
	some finding in found
	finding.msg == "the code of the machine drifting was changed, its document was not"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
	warned := rule.warn with input as facts_of(rows, {"base": "commit"})
	warned == set()
}

test_passes_case_2 if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"code_changed": false}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
	warned := rule.warn with input as facts_of(rows, {"base": "commit"})
	warned == set()
}

test_passes_case_3 if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"doc_changed": false}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
	warned := rule.warn with input as facts_of(rows, {})
	warned == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

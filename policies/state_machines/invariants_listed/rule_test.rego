package arqonbus.state_machines.invariants_listed_test

import data.arqonbus.state_machines.invariants_listed as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/a.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "a",
}

row_of_machine_invariants := {
	"file": "docs/state_machines/a.md",
	"line": 60,
	"project": "@arqonbus/shield",
	"machine": "a",
	"id": "I-1",
	"tested": true,
}

test_denies_no_test_of_the_machine_loose_names_its_invariant_i_2 if {
	rows := {
		"machines": [
			object.union(row_of_machines, {"file": "docs/state_machines/loose.md", "name": "loose"}),
		],
		"machine_invariants": [
			object.union(row_of_machine_invariants, {"file": "docs/state_machines/loose.md", "machine": "loose"}),
			object.union(row_of_machine_invariants, {
				"file": "docs/state_machines/loose.md",
				"machine": "loose",
				"id": "I-2",
				"tested": false,
			}),
		],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "no test of the machine loose names its invariant I-2"
	finding._loc.line > 0
}

test_denies_the_machine_a_lists_no_invariant if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_invariants": [],
	}
	found := rule.deny with input as facts_of(rows, {})
	some finding in found
	finding.msg == "the machine a lists no invariant"
	finding._loc.line > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
		],
		"machine_invariants": [
			row_of_machine_invariants,
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

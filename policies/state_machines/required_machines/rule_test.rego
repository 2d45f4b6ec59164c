package arqonbus.state_machines.required_machines_test

import data.arqonbus.state_machines.required_machines as rule

facts_of(rows, meta) := object.union_n([rows, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": {table: count(found) | some table, found in rows}},
	meta,
)}])

row_of_machines := {
	"file": "docs/state_machines/connection.md",
	"line": 1,
	"project": "@arqonbus/shield",
	"name": "connection",
}

required := ["connection", "session", "link", "subscription", "topic", "group_task", "readiness", "drain"]

test_denies_the_machine_drain_has_no_document_under_docs_state_machines if {
	rows := {
		"machines": [
			row_of_machines,
			object.union(row_of_machines, {"file": "docs/state_machines/session.md", "name": "session"}),
			object.union(row_of_machines, {"file": "docs/state_machines/link.md", "name": "link"}),
			object.union(row_of_machines, {"file": "docs/state_machines/subscription.md", "name": "subscription"}),
			object.union(row_of_machines, {"file": "docs/state_machines/topic.md", "name": "topic"}),
			object.union(row_of_machines, {"file": "docs/state_machines/group_task.md", "name": "group_task"}),
			object.union(row_of_machines, {"file": "docs/state_machines/readiness.md", "name": "readiness"}),
		],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.state_machines as {"required": required}
	some finding in found
	finding.msg == "the machine drain has no document under docs/state_machines"
	finding._loc.line > 0
}

test_denies_variant_2 if {
	rows := {
		"machines": [],
	}
	found := rule.deny with input as facts_of(rows, {}) with data.state_machines as {"required": required}
	count(found) > 0
}

test_passes_case_1 if {
	rows := {
		"machines": [
			row_of_machines,
			object.union(row_of_machines, {"file": "docs/state_machines/session.md", "name": "session"}),
			object.union(row_of_machines, {"file": "docs/state_machines/link.md", "name": "link"}),
			object.union(row_of_machines, {"file": "docs/state_machines/subscription.md", "name": "subscription"}),
			object.union(row_of_machines, {"file": "docs/state_machines/topic.md", "name": "topic"}),
			object.union(row_of_machines, {"file": "docs/state_machines/group_task.md", "name": "group_task"}),
			object.union(row_of_machines, {"file": "docs/state_machines/readiness.md", "name": "readiness"}),
			object.union(row_of_machines, {"file": "docs/state_machines/drain.md", "name": "drain"}),
			object.union(row_of_machines, {"file": "docs/state_machines/store.md", "name": "store"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.state_machines as {"required": required}
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_data if {
	rows := {
		"machines": [
			row_of_machines,
			object.union(row_of_machines, {"file": "docs/state_machines/session.md", "name": "session"}),
			object.union(row_of_machines, {"file": "docs/state_machines/link.md", "name": "link"}),
			object.union(row_of_machines, {"file": "docs/state_machines/subscription.md", "name": "subscription"}),
			object.union(row_of_machines, {"file": "docs/state_machines/topic.md", "name": "topic"}),
			object.union(row_of_machines, {"file": "docs/state_machines/group_task.md", "name": "group_task"}),
			object.union(row_of_machines, {"file": "docs/state_machines/readiness.md", "name": "readiness"}),
			object.union(row_of_machines, {"file": "docs/state_machines/drain.md", "name": "drain"}),
			object.union(row_of_machines, {"file": "docs/state_machines/store.md", "name": "store"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {}) with data.state_machines as false
	count(denied) > 0
}

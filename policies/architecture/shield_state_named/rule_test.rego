package arqonbus.architecture.shield_state_named_test

import data.arqonbus.architecture.shield_state_named as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row := {"file": "apps/shield/src/session-table.ts", "line": 9, "project": "@arqonbus/shield", "owner": "SessionTable", "name": "#byId"}

patterns := {"architecture.shield_state_named": [{"file": row.file, "owner": row.owner, "name": row.name, "reason": "sessions"}]}

test_denies_what_nobody_named if {
	found := rule.deny with input as facts_of({"kept_collections": [object.union(row, {"name": "#messages"})]}) with data.allowed_patterns as patterns
	{one.subject | some one in found} == {"SessionTable.#messages"}
}

test_denies_the_same_name_elsewhere if {
	found := rule.deny with input as facts_of({"kept_collections": [object.union(row, {"owner": "Cache"})]}) with data.allowed_patterns as patterns
	count(found) == 1
}

test_passes_what_is_named if {
	found := rule.deny with input as facts_of({"kept_collections": [row]}) with data.allowed_patterns as patterns
	found == set()
}

test_denies_without_facts if {
	found := rule.deny with input as {}
	count(found) > 0
}

package arqonbus.architecture.swallowed_error_test

import data.arqonbus.architecture.swallowed_error as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_swallowed_errors(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"form": "catch",
		"test": false,
	},
	changes,
)

test_denies_an_empty_catch if {
	tables := {
		"swallowed_errors": [row_of_swallowed_errors({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "catch"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_rejection if {
	tables := {
		"swallowed_errors": [row_of_swallowed_errors({"form": "promise"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "promise"
	not startswith(found.msg, "cannot judge")
}

test_denies_the_last_resort if {
	tables := {
		"swallowed_errors": [row_of_swallowed_errors({"form": "process"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "process"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_event if {
	tables := {"swallowed_errors": [row_of_swallowed_errors({"form": "event"})]}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"event"}
}

test_denies_unread_outcomes if {
	tables := {"swallowed_errors": [row_of_swallowed_errors({"form": "settled"})]}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"settled"}
}

test_passes_an_event_of_a_test if {
	tables := {"swallowed_errors": [
		row_of_swallowed_errors({"form": "event", "test": true}),
		row_of_swallowed_errors({"form": "settled", "test": true}),
	]}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_an_empty_catch_in_a_test if {
	tables := {
		"swallowed_errors": [row_of_swallowed_errors({"test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "catch"
	not startswith(found.msg, "cannot judge")
}

test_passes_an_allowed_one if {
	tables := {
		"swallowed_errors": [
			row_of_swallowed_errors({"file": "libs/storage/src/local-groups.ts", "project": "@arqonbus/storage", "form": "promise"}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"swallowed_errors": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

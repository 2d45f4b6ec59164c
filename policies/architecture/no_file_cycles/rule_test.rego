package arqonbus.architecture.no_file_cycles_test

import data.arqonbus.architecture.no_file_cycles as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_file_cycles(changes) := object.union(
	{
		"file": "libs/errors/src/a.ts",
		"line": 1,
		"project": "@arqonbus/errors",
		"files": ["libs/errors/src/a.ts", "libs/errors/src/b.ts"],
	},
	changes,
)

test_denies_a_cycle if {
	tables := {
		"file_cycles": [row_of_file_cycles({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "libs/errors/src/a.ts"
	not startswith(found.msg, "cannot judge")
}

test_passes_none if {
	tables := {
		"file_cycles": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

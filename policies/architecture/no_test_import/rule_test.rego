package arqonbus.architecture.no_test_import_test

import data.arqonbus.architecture.no_test_import as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_test_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"module": "../test/fake.js",
		"target": "apps/spine/test/fake.ts",
	},
	changes,
)

test_denies_a_fake if {
	tables := {
		"test_imports": [row_of_test_imports({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/spine/test/fake.ts"
	not startswith(found.msg, "cannot judge")
}

test_passes_none if {
	tables := {
		"test_imports": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"test_imports": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

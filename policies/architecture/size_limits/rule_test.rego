package arqonbus.architecture.size_limits_test

import data.arqonbus.architecture.size_limits as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_sizes(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 1,
		"project": "@arqonbus/spine",
		"kind": "file",
		"name": "apps/spine/src/routing/intake.ts",
		"size": 501,
		"test": false,
	},
	changes,
)

test_denies_a_long_file if {
	tables := {
		"sizes": [row_of_sizes({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/spine/src/routing/intake.ts"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_long_function if {
	tables := {
		"sizes": [row_of_sizes({"kind": "function", "name": "read", "size": 81})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "read"
	not startswith(found.msg, "cannot judge")
}

test_denies_many_parameters if {
	tables := {
		"sizes": [row_of_sizes({"kind": "parameters", "name": "read", "size": 8})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "read"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_long_test_file if {
	tables := {
		"sizes": [row_of_sizes({"file": "apps/spine/test/a.test.ts", "size": 900, "test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	not startswith(found.msg, "cannot judge")
}

test_passes_within_limits if {
	tables := {
		"sizes": [
			row_of_sizes({"size": 500}),
			row_of_sizes({"kind": "function", "name": "read", "size": 80}),
			row_of_sizes({"kind": "parameters", "name": "read", "size": 7}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_long_test if {
	tables := {
		"sizes": [
			row_of_sizes({"file": "apps/spine/test/a.test.ts", "kind": "function", "name": "(anonymous)", "size": 300, "test": true}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"sizes": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"sizes": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

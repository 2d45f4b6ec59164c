package arqonbus.architecture.forbidden_names_test

import data.arqonbus.architecture.forbidden_names as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_vague_names(changes) := object.union(
	{
		"file": "libs/utils/src/index.ts",
		"line": 1,
		"project": "@arqonbus/utils",
		"path": "libs/utils",
		"word": "utils",
	},
	changes,
)

test_denies_a_library if {
	tables := {
		"vague_names": [row_of_vague_names({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "libs/utils"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_file if {
	tables := {
		"vague_names": [
			row_of_vague_names({"file": "apps/spine/src/string-helpers.ts", "path": "apps/spine/src/string-helpers.ts", "word": "helpers"}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/spine/src/string-helpers.ts"
	not startswith(found.msg, "cannot judge")
}

test_passes_none if {
	tables := {
		"vague_names": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"vague_names": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

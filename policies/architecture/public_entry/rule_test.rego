package arqonbus.architecture.public_entry_test

import data.arqonbus.architecture.public_entry as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_export_forms(changes) := object.union(
	{
		"file": "libs/errors/src/index.ts",
		"line": 1,
		"project": "@arqonbus/errors",
		"form": "star",
		"module": "./a.js",
		"test": false,
	},
	changes,
)

test_denies_a_star if {
	tables := {
		"export_forms": [row_of_export_forms({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "star"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_default if {
	tables := {
		"export_forms": [
			row_of_export_forms({"file": "apps/spine/src/bus.ts", "project": "@arqonbus/spine", "form": "default", "module": ""}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "default"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_star_in_a_configuration_file if {
	tables := {
		"export_forms": [row_of_export_forms({"file": "libs/auth/vitest.config.ts"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "star"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_unknown_form if {
	tables := {
		"export_forms": [row_of_export_forms({"form": "odd"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "odd"
	not startswith(found.msg, "cannot judge")
}

test_passes_a_configuration_file if {
	tables := {
		"export_forms": [row_of_export_forms({"file": "libs/auth/vitest.config.ts", "form": "default", "module": ""})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"export_forms": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

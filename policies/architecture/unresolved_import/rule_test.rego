package arqonbus.architecture.unresolved_import_test

import data.arqonbus.architecture.unresolved_import as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_unresolved_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"module": "./gone.js",
		"reason": "missing",
		"form": "static",
		"test": false,
	},
	changes,
)

test_denies_a_missing_file if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "./gone.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_computed_name if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({"module": "(name)", "reason": "computed", "form": "dynamic"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "(name)"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_subpath_of_its_own if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({"module": "#db", "reason": "other"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "#db"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_missing_file_in_a_test if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({"test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "./gone.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_reason_unknown if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({"reason": "tired"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	not startswith(found.msg, "cannot judge")
}

test_passes_an_allowed_loader if {
	tables := {
		"unresolved_imports": [
			row_of_unresolved_imports({
				"file": "tools/docs/src/load-settings-schemas.ts",
				"project": "@arqonbus/docs",
				"module": "(pathToFileURL(file).href)",
				"reason": "computed",
				"form": "dynamic",
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_computed_import_of_a_test if {
	tables := {
		"unresolved_imports": [row_of_unresolved_imports({"module": "(path)", "reason": "computed", "form": "dynamic", "test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"unresolved_imports": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

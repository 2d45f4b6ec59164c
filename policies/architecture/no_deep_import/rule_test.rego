package arqonbus.architecture.no_deep_import_test

import data.arqonbus.architecture.no_deep_import as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_foreign_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"module": "@arqonbus/config/casil",
		"relative": false,
		"target": "libs/config/src/casil/index.ts",
		"target_project": "@arqonbus/config",
		"exported": true,
		"test": false,
		"config": false,
	},
	changes,
)

test_denies_sources if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({"module": "@arqonbus/storage/src/ring.js", "target": "", "target_project": "@arqonbus/storage", "exported": false}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage/src/ring.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_build_output if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({
				"module": "@arqonbus/storage/dist/index.js",
				"target": "",
				"target_project": "@arqonbus/storage",
				"exported": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/storage/dist/index.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_path if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({
				"module": "../../../libs/storage/src/index.js",
				"relative": true,
				"target": "libs/storage/src/index.ts",
				"target_project": "@arqonbus/storage",
				"exported": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "../../../libs/storage/src/index.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_path_in_a_test if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({
				"file": "apps/spine/test/a.test.ts",
				"module": "../../shield/src/session.js",
				"relative": true,
				"target": "apps/shield/src/session.ts",
				"target_project": "@arqonbus/shield",
				"exported": false,
				"test": true,
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "../../shield/src/session.js"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_installed_file if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({
				"module": "../../../node_modules/pg/lib/index.js",
				"relative": true,
				"target": "",
				"target_project": "pg",
				"exported": false,
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "../../../node_modules/pg/lib/index.js"
	not startswith(found.msg, "cannot judge")
}

test_passes_exported if {
	tables := {
		"foreign_imports": [row_of_foreign_imports({})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_shared_configuration if {
	tables := {
		"foreign_imports": [
			row_of_foreign_imports({
				"file": "libs/auth/vitest.config.ts",
				"project": "@arqonbus/auth",
				"module": "../../vitest.project.mjs",
				"relative": true,
				"target": "vitest.project.mjs",
				"target_project": "workspace",
				"exported": false,
				"config": true,
			}),
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
	denied := rule.deny with input as facts_of({"foreign_imports": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

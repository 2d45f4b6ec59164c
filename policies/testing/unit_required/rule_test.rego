package arqonbus.testing.unit_required_test

import data.arqonbus.testing.unit_required as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"production_modules": [], "changed_code": [], "projects": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_changed_code := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"status": "modified",
	"kind": "source",
	"tested": true,
}

row_of_production_modules := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"reached": true,
}

row_of_projects := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"layer": "domain",
}

test_denies_a_module_that_no_test_loads if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1, "reached": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "no test loads libs/x/src/a.ts"
	found._loc.line > 0
}

test_denies_a_module_of_an_app if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {
				"file": "apps/y/src/a.ts",
				"line": 1,
				"project": "@arqonbus/y",
				"reached": false,
			}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "apps/y/package.json", "line": 1, "project": "@arqonbus/y", "layer": "app"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_change_without_a_test if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	count(denied) == 1
}

test_denies_a_new_module_without_a_test if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "status": "added", "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit", "labels": ["other"]})
	count(denied) == 1
}

test_passes_a_module_that_a_test_loads if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_tool if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1, "reached": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "tool"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_change_with_a_test if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_a_label if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit", "labels": ["tests-unchanged"]})
	denied == set()
}

test_passes_a_change_of_types if {
	rows := {
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_a_deleted_module if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "status": "deleted", "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_warns_a_label if {
	rows := {
		"production_modules": [
			object.union(row_of_production_modules, {"file": "libs/x/src/a.ts", "line": 1}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1, "tested": false}),
		],
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1}),
		],
	}
	warned := rule.warn with input as facts_of(rows, {"base": "commit", "labels": ["tests-unchanged"]})
	count(warned) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

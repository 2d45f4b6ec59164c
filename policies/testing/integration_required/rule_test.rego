package arqonbus.testing.integration_required_test

import data.arqonbus.testing.integration_required as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"changed_code": [], "projects": [], "test_files": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_changed_code := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"status": "modified",
	"kind": "source",
	"spans": false,
}

row_of_projects := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"layer": "domain",
}

row_of_test_files := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"tests": 3,
	"runs": true,
	"kinds": ["unit"],
}

test_denies_an_adapter_without_tests if {
	rows := {"projects": [object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "adapter"})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "@arqonbus/x has no integration tests in test/"
	found._loc.line > 0
}

test_denies_an_app_with_unit_tests_only if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_tests_that_do_not_run if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/test/a.spec.ts", "line": 1, "runs": false, "kinds": ["integration"]}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_change_of_two_apps if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
			object.union(row_of_projects, {"file": "apps/y/package.json", "line": 1, "project": "@arqonbus/y", "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "kinds": ["integration"]}),
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"project": "@arqonbus/y",
				"kinds": ["integration"],
			}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1}),
			object.union(row_of_changed_code, {"file": "apps/y/src/b.ts", "line": 1, "project": "@arqonbus/y"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	count(denied) == 2
}

test_denies_a_change_of_two_apps_with_a_deleted_test if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
			object.union(row_of_projects, {"file": "apps/y/package.json", "line": 1, "project": "@arqonbus/y", "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "kinds": ["integration"]}),
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"project": "@arqonbus/y",
				"kinds": ["integration"],
			}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1}),
			object.union(row_of_changed_code, {"file": "apps/y/src/b.ts", "line": 1, "project": "@arqonbus/y"}),
			object.union(row_of_changed_code, {
				"file": "apps/y/test/b.test.ts",
				"line": 1,
				"project": "@arqonbus/y",
				"status": "deleted",
				"kind": "test",
				"spans": true,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	count(denied) == 2
}

test_passes_integration_tests if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "kinds": ["integration"]}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_library if {
	rows := {"projects": [object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_change_of_one_app if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "kinds": ["integration"]}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_passes_a_change_of_two_apps_with_a_test if {
	rows := {
		"projects": [
			object.union(row_of_projects, {"file": "libs/x/package.json", "line": 1, "layer": "app"}),
			object.union(row_of_projects, {"file": "apps/y/package.json", "line": 1, "project": "@arqonbus/y", "layer": "app"}),
		],
		"test_files": [
			object.union(row_of_test_files, {"file": "libs/x/src/a.test.ts", "line": 1, "kinds": ["integration"]}),
			object.union(row_of_test_files, {
				"file": "libs/x/src/a.test.ts",
				"line": 1,
				"project": "@arqonbus/y",
				"kinds": ["integration"],
			}),
		],
		"changed_code": [
			object.union(row_of_changed_code, {"file": "libs/x/src/a.ts", "line": 1}),
			object.union(row_of_changed_code, {"file": "apps/y/src/b.ts", "line": 1, "project": "@arqonbus/y"}),
			object.union(row_of_changed_code, {
				"file": "tools/e2e/test/b.test.ts",
				"line": 1,
				"project": "@arqonbus/e2e",
				"kind": "test",
				"spans": true,
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {"base": "commit"})
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

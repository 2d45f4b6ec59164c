package arqonbus.architecture.undeclared_dependency_test

import data.arqonbus.architecture.undeclared_dependency as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_used_packages(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"package": "zod",
		"kind": "package",
		"code": "production",
		"type_only": false,
		"declared": "dependencies",
		"root_declared": "",
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"layer": "app",
	},
	changes,
)

test_denies_an_unknown_package if {
	tables := {
		"used_packages": [row_of_used_packages({"package": "lodash", "declared": ""})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "lodash"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_development_package if {
	tables := {
		"used_packages": [
			row_of_used_packages({"package": "fast-check", "declared": "devDependencies", "root_declared": "devDependencies"}),
		],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fast-check"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_hoisted_package if {
	tables := {
		"used_packages": [row_of_used_packages({"package": "typescript", "declared": "", "root_declared": "devDependencies"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "typescript"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_unknown_type if {
	tables := {
		"used_packages": [row_of_used_packages({"package": "type-fest", "declared": "", "type_only": true})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "type-fest"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_project_that_is_not_there if {
	tables := {
		"used_packages": [row_of_used_packages({"package": "@arqonbus/gone", "kind": "workspace", "code": "test", "declared": ""})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@arqonbus/gone"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_test_of_unknown_things if {
	tables := {
		"used_packages": [row_of_used_packages({"package": "sinon", "code": "test", "declared": ""})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "sinon"
	not startswith(found.msg, "cannot judge")
}

test_passes_declared if {
	tables := {
		"used_packages": [row_of_used_packages({}), row_of_used_packages({"package": "@arqonbus/errors", "kind": "workspace"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_tests_with_the_root if {
	tables := {
		"used_packages": [row_of_used_packages({"code": "test", "package": "vitest", "declared": "", "root_declared": "devDependencies"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_test_kit_in_tests if {
	tables := {
		"used_packages": [row_of_used_packages({"code": "test", "kind": "workspace", "package": "@arqonbus/testkit", "declared": ""})],
		"projects": [row_of_projects({"file": "libs/testkit/package.json", "project": "@arqonbus/testkit", "layer": "testing"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_types if {
	tables := {
		"used_packages": [row_of_used_packages({"type_only": true, "declared": "devDependencies"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_configuration if {
	tables := {
		"used_packages": [
			row_of_used_packages({"code": "config", "package": "vitest", "declared": "", "root_declared": "devDependencies"}),
		],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"used_packages": [], "projects": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

package arqonbus.architecture.no_child_process_in_apps_test

import data.arqonbus.architecture.no_child_process_in_apps as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_imports(changes) := object.union(
	{
		"file": "apps/spine/src/main.ts",
		"line": 3,
		"project": "@arqonbus/spine",
		"module": "zod",
		"package": "zod",
		"type_only": false,
		"test": false,
	},
	changes,
)

row_of_project_dependencies(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 9,
		"project": "@arqonbus/spine",
		"name": "zod",
		"installed": "zod",
		"section": "dependencies",
	},
	changes,
)

test_denies_a_spawn if {
	tables := {
		"imports": [row_of_imports({"module": "node:child_process", "package": "child_process"})],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:child_process"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_package if {
	tables := {
		"imports": [row_of_imports({"module": "execa", "package": "execa"})],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "execa"
	not startswith(found.msg, "cannot judge")
}

test_denies_another_file_of_the_command_line if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/cli/src/commands/top.ts",
				"project": "@arqonbus/cli",
				"module": "child_process",
				"package": "child_process",
			}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "child_process"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_dependency if {
	tables := {
		"imports": [],
		"project_dependencies": [row_of_project_dependencies({"name": "run", "installed": "execa"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "run"
	not startswith(found.msg, "cannot judge")
}

test_passes_arqon_dev if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/cli/src/dev/managed-process.ts",
				"project": "@arqonbus/cli",
				"module": "node:child_process",
				"package": "child_process",
			}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_tools if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "tools/services/src/a.ts",
				"project": "@arqonbus/services",
				"module": "node:child_process",
				"package": "child_process",
			}),
		],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_threads if {
	tables := {
		"imports": [row_of_imports({"module": "node:worker_threads", "package": "worker_threads"})],
		"project_dependencies": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"imports": [], "project_dependencies": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

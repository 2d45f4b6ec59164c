package arqonbus.architecture.core_scope_test

import data.arqonbus.architecture.core_scope as rule

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
		"kind": "package",
	},
	changes,
)

row_of_project_dependencies(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 9,
		"project": "@arqonbus/spine",
		"name": "zod",
		"section": "dependencies",
		"installed": "zod",
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"tags": ["role:spine", "layer:app"],
		"root": "apps/spine",
	},
	changes,
)

test_denies_a_language_model if {
	tables := {
		"imports": [row_of_imports({"module": "openai", "package": "openai"})],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "openai"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_scheduler_in_a_manifest if {
	tables := {
		"imports": [],
		"project_dependencies": [row_of_project_dependencies({"name": "bullmq", "installed": "bullmq"})],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "bullmq"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_scope if {
	tables := {
		"imports": [row_of_imports({"module": "@langchain/core/messages", "package": "@langchain/core"})],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@langchain/core/messages"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_alias if {
	tables := {
		"imports": [],
		"project_dependencies": [row_of_project_dependencies({"name": "jobs", "installed": "@temporalio/client"})],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "jobs"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_name_that_says_it if {
	tables := {
		"imports": [],
		"project_dependencies": [row_of_project_dependencies({"name": "tiny-workflow-engine", "installed": "tiny-workflow-engine"})],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "tiny-workflow-engine"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_new_library if {
	tables := {
		"imports": [row_of_imports({"file": "libs/panel/src/a.tsx", "project": "@arqonbus/panel", "module": "react", "package": "react"})],
		"project_dependencies": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "react"
	not startswith(found.msg, "cannot judge")
}

test_denies_the_top_level if {
	tables := {
		"imports": [],
		"project_dependencies": [
			row_of_project_dependencies({
				"file": "package.json",
				"project": "workspace",
				"name": "@modelcontextprotocol/sdk",
				"section": "devDependencies",
				"installed": "@modelcontextprotocol/sdk",
			}),
		],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "@modelcontextprotocol/sdk"
	not startswith(found.msg, "cannot judge")
}

test_passes_transport if {
	tables := {
		"imports": [row_of_imports({})],
		"project_dependencies": [row_of_project_dependencies({})],
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_client_app if {
	tables := {
		"imports": [
			row_of_imports({"file": "apps/brain/src/a.ts", "project": "@arqonbus/brain", "module": "openai", "package": "openai"}),
		],
		"project_dependencies": [],
		"projects": [
			row_of_projects({
				"file": "apps/brain/package.json",
				"project": "@arqonbus/brain",
				"root": "apps/brain",
				"tags": ["role:brain", "layer:app"],
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

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "project_dependencies": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

package arqonbus.architecture.voltron_roles_test

import data.arqonbus.architecture.voltron_roles as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"role": "spine",
		"root": "apps/spine",
		"tags": ["role:spine", "layer:app"],
	},
	changes,
)

test_denies_two_spines if {
	tables := {
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"tags": ["role:shield", "layer:app"],
			}),
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"role": "spine",
				"tags": ["role:spine", "layer:app"],
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"root": "libs/storage",
				"role": "storage",
				"tags": ["role:storage", "layer:port"],
			}),
			row_of_projects({
				"file": "apps/spare/package.json",
				"project": "@arqonbus/spare",
				"root": "apps/spare",
				"role": "spine",
				"tags": ["role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "spine"
	not startswith(found.msg, "cannot judge")
}

test_denies_no_shield if {
	tables := {
		"projects": [
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"role": "spine",
				"tags": ["role:spine", "layer:app"],
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"root": "libs/storage",
				"role": "storage",
				"tags": ["role:storage", "layer:port"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "shield"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_hidden_second_role if {
	tables := {
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"tags": ["role:shield", "layer:app"],
			}),
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"role": "spine",
				"tags": ["role:spine", "layer:app"],
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"root": "libs/storage",
				"role": "storage",
				"tags": ["role:storage", "layer:port"],
			}),
			row_of_projects({
				"file": "apps/cli/package.json",
				"project": "@arqonbus/cli",
				"root": "apps/cli",
				"role": "cli",
				"tags": ["role:cli", "role:spine", "layer:app"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "spine"
	not startswith(found.msg, "cannot judge")
}

test_passes_one_each if {
	tables := {
		"projects": [
			row_of_projects({
				"file": "apps/shield/package.json",
				"project": "@arqonbus/shield",
				"root": "apps/shield",
				"role": "shield",
				"tags": ["role:shield", "layer:app"],
			}),
			row_of_projects({
				"file": "apps/spine/package.json",
				"project": "@arqonbus/spine",
				"root": "apps/spine",
				"role": "spine",
				"tags": ["role:spine", "layer:app"],
			}),
			row_of_projects({
				"file": "libs/storage/package.json",
				"project": "@arqonbus/storage",
				"root": "libs/storage",
				"role": "storage",
				"tags": ["role:storage", "layer:port"],
			}),
			row_of_projects({
				"file": "tools/a/package.json",
				"project": "@arqonbus/a",
				"root": "tools/a",
				"role": "tool",
				"tags": ["role:tool", "layer:tool"],
			}),
			row_of_projects({
				"file": "tools/b/package.json",
				"project": "@arqonbus/b",
				"root": "tools/b",
				"role": "tool",
				"tags": ["role:tool", "layer:tool"],
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
	denied := rule.deny with input as facts_of({"projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

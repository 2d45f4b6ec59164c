package arqonbus.architecture.project_has_layer_test

import data.arqonbus.architecture.project_has_layer as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_project_folders(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"root": "apps/spine",
		"has_manifest": true,
		"scripts": 9,
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"root": "apps/spine",
		"tags": ["role:spine", "layer:app"],
		"layer": "app",
		"role": "spine",
	},
	changes,
)

test_denies_no_tags if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "libs/new/src/index.ts", "root": "libs/new"})],
		"projects": [
			row_of_projects({
				"file": "libs/new/package.json",
				"project": "@arqonbus/new",
				"root": "libs/new",
				"layer": "",
				"role": "",
				"tags": [],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "libs/new layer"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_unknown_tag if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "libs/new/src/index.ts", "root": "libs/new"})],
		"projects": [
			row_of_projects({
				"project": "@arqonbus/new",
				"root": "libs/new",
				"layer": "magic",
				"role": "domain",
				"tags": ["layer:magic", "role:domain"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "libs/new layer:magic"
	not startswith(found.msg, "cannot judge")
}

test_denies_two_layers if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "libs/new/src/index.ts", "root": "libs/new"})],
		"projects": [
			row_of_projects({
				"project": "@arqonbus/new",
				"root": "libs/new",
				"layer": "domain",
				"role": "domain",
				"tags": ["layer:domain", "layer:adapter", "role:domain"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"libs/new layer"}
}

test_denies_no_manifest if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "apps/brain/src/index.ts", "root": "apps/brain", "has_manifest": false})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/brain"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_stray_script if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "apps/run.ts", "root": "apps", "has_manifest": false, "scripts": 1})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_manifest_unread if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "libs/new/src/index.ts", "root": "libs/new"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "libs/new"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_name_twice if {
	tables := {
		"project_folders": [],
		"projects": [
			row_of_projects({}),
			row_of_projects({"file": "apps/cli/package.json", "root": "apps/cli", "role": "cli", "tags": ["role:cli", "layer:app"]}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	{found.subject | some found in denied} == {"apps/spine name", "apps/cli name"}
}

test_denies_a_tool_among_apps if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "apps/bench/src/index.ts", "root": "apps/bench"})],
		"projects": [
			row_of_projects({
				"project": "@arqonbus/bench2",
				"root": "apps/bench",
				"layer": "tool",
				"role": "tool",
				"tags": ["layer:tool", "role:tool"],
			}),
		],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/bench place"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_shield_that_says_it_is_a_spine if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "apps/shield/src/index.ts", "root": "apps/shield"})],
		"projects": [row_of_projects({"project": "@arqonbus/shield", "root": "apps/shield"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "apps/shield role"
	not startswith(found.msg, "cannot judge")
}

test_passes_tagged if {
	tables := {
		"project_folders": [row_of_project_folders({"file": "apps/spine/src/index.ts", "root": "apps/spine"})],
		"projects": [row_of_projects({})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_sources_elsewhere if {
	tables := {
		"project_folders": [],
		"projects": [
			row_of_projects({"file": "proto/project.json", "project": "proto", "root": "proto", "layer": "", "role": "", "tags": []}),
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
	denied := rule.deny with input as facts_of({"project_folders": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

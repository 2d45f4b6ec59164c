package arqonbus.architecture.brain_no_sockets_test

import data.arqonbus.architecture.brain_no_sockets as rule

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
		"kind": "package",
		"package": "zod",
		"type_only": false,
		"test": false,
		"names": ["a"],
		"form": "static",
	},
	changes,
)

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"role": "spine",
		"root": "apps/spine",
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

row_of_outbound_calls(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"api": "fetch",
	},
	changes,
)

test_denies_net if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:net",
				"kind": "builtin",
				"package": "net",
				"names": ["connect"],
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:net"
	not startswith(found.msg, "cannot judge")
}

test_denies_net_in_an_app_without_tags if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "net",
				"kind": "builtin",
				"package": "net",
				"names": ["default"],
				"form": "require",
			}),
		],
		"projects": [],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "net"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_websocket_library if {
	tables := {
		"imports": [
			row_of_imports({"file": "apps/projector/src/a.ts", "project": "@arqonbus/projector", "module": "ws", "package": "ws"}),
		],
		"projects": [],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ws"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_http_server if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:http",
				"kind": "builtin",
				"package": "http",
				"names": ["createServer"],
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:http"
	not startswith(found.msg, "cannot judge")
}

test_denies_http_as_a_whole if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:https",
				"kind": "builtin",
				"package": "https",
				"names": ["*"],
				"form": "dynamic",
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:https"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_dependency if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [
			row_of_project_dependencies({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "name": "sockets", "installed": "ws"}),
		],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "sockets"
	not startswith(found.msg, "cannot judge")
}

test_denies_the_global if {
	tables := {
		"imports": [],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [row_of_outbound_calls({"file": "apps/brain/src/main.ts", "project": "@arqonbus/brain", "api": "WebSocket"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "WebSocket"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_brain_elsewhere if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "libs/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:tls",
				"kind": "builtin",
				"package": "tls",
			}),
		],
		"projects": [
			row_of_projects({"file": "libs/brain/package.json", "project": "@arqonbus/brain", "root": "libs/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "node:tls"
	not startswith(found.msg, "cannot judge")
}

test_passes_the_shield if {
	tables := {
		"imports": [row_of_imports({"file": "apps/shield/src/main.ts", "project": "@arqonbus/shield", "module": "ws", "package": "ws"})],
		"projects": [
			row_of_projects({"file": "apps/shield/package.json", "project": "@arqonbus/shield", "root": "apps/shield", "role": "shield"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_the_sdk if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "@arqonbus/sdk",
				"kind": "workspace",
				"package": "@arqonbus/sdk",
			}),
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:http",
				"kind": "builtin",
				"package": "http",
				"names": ["request"],
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_types if {
	tables := {
		"imports": [
			row_of_imports({
				"file": "apps/brain/src/main.ts",
				"project": "@arqonbus/brain",
				"module": "node:net",
				"kind": "builtin",
				"package": "net",
				"type_only": true,
			}),
		],
		"projects": [
			row_of_projects({"file": "apps/brain/package.json", "project": "@arqonbus/brain", "root": "apps/brain", "role": "brain"}),
		],
		"project_dependencies": [],
		"outbound_calls": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"imports": [], "projects": [], "project_dependencies": [], "outbound_calls": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

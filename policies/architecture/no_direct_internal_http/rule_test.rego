package arqonbus.architecture.no_direct_internal_http_test

import data.arqonbus.architecture.no_direct_internal_http as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_outbound_calls(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"api": "fetch",
		"target": "url",
	},
	changes,
)

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

row_of_projects(changes) := object.union(
	{
		"file": "apps/spine/package.json",
		"line": 1,
		"project": "@arqonbus/spine",
		"layer": "app",
	},
	changes,
)

test_denies_a_literal if {
	tables := {
		"outbound_calls": [
			row_of_outbound_calls({"file": "apps/shield/src/door/ask.ts", "project": "@arqonbus/shield", "target": "http://spine:8080/rooms"}),
		],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fetch"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_request if {
	tables := {
		"outbound_calls": [row_of_outbound_calls({"api": "http.request", "target": "{ host: 'brain' }"})],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "http.request"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_unknown_address if {
	tables := {
		"outbound_calls": [row_of_outbound_calls({"api": "undici.request", "target": ""})],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "undici.request"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_socket if {
	tables := {
		"outbound_calls": [
			row_of_outbound_calls({
				"file": "apps/shield/src/door/ask.ts",
				"project": "@arqonbus/shield",
				"api": "ws.WebSocket",
				"target": "`ws://${host}`",
			}),
		],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ws.WebSocket"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_client_package if {
	tables := {
		"outbound_calls": [],
		"imports": [row_of_imports({"module": "axios", "package": "axios"})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "axios"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_call_of_the_sdk_over_http if {
	tables := {
		"outbound_calls": [row_of_outbound_calls({"file": "libs/sdk-js/src/a.ts", "project": "@arqonbus/sdk", "target": "url"})],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/sdk-js/package.json", "project": "@arqonbus/sdk", "layer": "sdk"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fetch"
	not startswith(found.msg, "cannot judge")
}

test_denies_another_address_at_an_allowed_place if {
	tables := {
		"outbound_calls": [
			row_of_outbound_calls({"file": "libs/auth/src/key-source.ts", "project": "@arqonbus/auth", "target": "http://localhost:9000"}),
		],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fetch"
	not startswith(found.msg, "cannot judge")
}

test_passes_an_allowed_place if {
	tables := {
		"outbound_calls": [
			row_of_outbound_calls({"file": "libs/auth/src/key-source.ts", "project": "@arqonbus/auth", "target": "url=address"}),
		],
		"imports": [],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_the_socket_of_the_sdk if {
	tables := {
		"outbound_calls": [
			row_of_outbound_calls({"file": "libs/sdk-js/src/node/a.ts", "project": "@arqonbus/sdk", "api": "ws.WebSocket", "target": "url"}),
		],
		"imports": [],
		"projects": [row_of_projects({"file": "libs/sdk-js/package.json", "project": "@arqonbus/sdk", "layer": "sdk"})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_other_packages if {
	tables := {
		"outbound_calls": [],
		"imports": [row_of_imports({})],
		"projects": [],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

test_denies_without_layering_graph if {
	denied := rule.deny with input as facts_of({"outbound_calls": [], "imports": [], "projects": []}) with data.layering_graph as false
	"data.layering_graph is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

test_denies_without_allowed_patterns if {
	denied := rule.deny with input as facts_of({"outbound_calls": [], "imports": [], "projects": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

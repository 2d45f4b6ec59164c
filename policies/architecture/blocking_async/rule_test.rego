package arqonbus.architecture.blocking_async_test

import data.arqonbus.architecture.blocking_async as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_blocking_calls(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"api": "fs.readFileSync",
		"function": "read",
	},
	changes,
)

test_denies_a_file_read_in_a_handler if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fs.readFileSync in read"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_child_process if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({"api": "child_process.execSync", "function": "run"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "child_process.execSync in run"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_wait if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({"file": "libs/link/src/a.ts", "api": "Atomics.wait", "function": "hold"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "Atomics.wait in hold"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_hash if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({"file": "libs/auth/src/a.ts", "api": "crypto.pbkdf2Sync"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "crypto.pbkdf2Sync in read"
	not startswith(found.msg, "cannot judge")
}

test_denies_another_api_in_an_allowed_file if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({"file": "apps/shield/src/session.ts", "api": "fs.readFileSync"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "fs.readFileSync in read"
	not startswith(found.msg, "cannot judge")
}

test_passes_start_up if {
	tables := {
		"blocking_calls": [row_of_blocking_calls({"file": "apps/spine/src/main.ts", "function": ""})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_build_scripts if {
	tables := {
		"blocking_calls": [
			row_of_blocking_calls({"file": "libs/sdk-js/scripts/package.mjs", "project": "@arqonbus/sdk", "api": "child_process.execFileSync"}),
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
	denied := rule.deny with input as facts_of({"blocking_calls": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

package arqonbus.testing.skipped_test_needs_td_test

import data.arqonbus.testing.skipped_test_needs_td as rule

facts_of(tables, meta) := object.union_n([empty, tables, {"meta": object.union(
	{"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [], "counts": counts(tables)},
	meta,
)}])

empty := {"test_modifiers": [], "debt_items": []}

counts(tables) := {table: count(object.get(tables, table, [])) | some table in object.keys(empty)}

row_of_debt_items := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"id": "TD-001",
	"status": "open",
}

row_of_test_modifiers := {
	"file": "libs/x/test/a.test.ts",
	"line": 3,
	"project": "@arqonbus/x",
	"modifier": "only",
	"title": "delivers",
	"constant": true,
	"reason": "",
	"td": [],
}

test_denies_a_skip if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "skip"})]}
	denied := rule.deny with input as facts_of(rows, {})
	some found in denied
	found.msg == "the test \"delivers\" is left out (skip) without an open item of the debt register"
	found._loc.line > 0
}

test_denies_a_todo if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "todo"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_test_that_is_to_fail if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "fails"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_no_body if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "pending"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_constant_condition if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "skipIf"})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_commented_test if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "commented", "title": ""})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_skip_without_reason if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "context_skip", "title": "context.skip()", "constant": false})]}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_a_closed_debt if {
	rows := {
		"test_modifiers": [
			object.union(row_of_test_modifiers, {"modifier": "skip", "td": ["TD-001"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-a.md", "status": "closed"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_an_unknown_debt if {
	rows := {
		"test_modifiers": [
			object.union(row_of_test_modifiers, {"modifier": "skip", "td": ["TD-999"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-a.md"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_passes_an_open_debt if {
	rows := {
		"test_modifiers": [
			object.union(row_of_test_modifiers, {"modifier": "skip", "td": ["TD-001"]}),
		],
		"debt_items": [
			object.union(row_of_debt_items, {"file": "docs/technical_debt/TD-001-a.md"}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_condition if {
	rows := {"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "skipIf", "constant": false})]}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_passes_a_reason if {
	rows := {
		"test_modifiers": [
			object.union(row_of_test_modifiers, {
				"modifier": "context_skip",
				"constant": false,
				"reason": "the store is not shared",
			}),
		],
	}
	denied := rule.deny with input as facts_of(rows, {})
	denied == set()
}

test_denies_a_return if {
	rows := {
		"debt_items": [row_of_debt_items],
		"test_modifiers": [object.union(row_of_test_modifiers, {"modifier": "return", "constant": false, "td": []})],
	}
	denied := rule.deny with input as facts_of(rows, {})
	count(denied) == 1
}

test_denies_without_facts if {
	denied := rule.deny with input as {}
	count(denied) > 0
}

package arqonbus.architecture.unsafe_code_test

import data.arqonbus.architecture.unsafe_code as rule

facts_of(tables) := object.union(tables, {"meta": {
	"schema": 1, "now": "2026-01-01", "base": "committed", "labels": [],
	"counts": {table: count(rows) | some table, rows in tables},
}})

row_of_unsafe_code(changes) := object.union(
	{
		"file": "apps/spine/src/routing/intake.ts",
		"line": 8,
		"project": "@arqonbus/spine",
		"kind": "any",
		"reasoned": false,
		"test": false,
	},
	changes,
)

test_denies_eval if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "eval"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "eval"
	not startswith(found.msg, "cannot judge")
}

test_denies_any if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "any"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "any"
	not startswith(found.msg, "cannot judge")
}

test_denies_double_cast if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "double_cast"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "double_cast"
	not startswith(found.msg, "cannot judge")
}

test_denies_new_function if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "new_function"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "new_function"
	not startswith(found.msg, "cannot judge")
}

test_denies_vm if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "vm"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "vm"
	not startswith(found.msg, "cannot judge")
}

test_denies_ts_ignore if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "ts_ignore"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ts_ignore"
	not startswith(found.msg, "cannot judge")
}

test_denies_ts_nocheck if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "ts_nocheck"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ts_nocheck"
	not startswith(found.msg, "cannot judge")
}

test_denies_alloc_unsafe if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "alloc_unsafe"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "alloc_unsafe"
	not startswith(found.msg, "cannot judge")
}

test_denies_non_null if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "non_null"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "non_null"
	not startswith(found.msg, "cannot judge")
}

test_denies_native if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "native"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "native"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_disabled_rule if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "eslint_disable", "reasoned": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "eslint_disable"
	not startswith(found.msg, "cannot judge")
}

test_denies_an_expected_error_without_reason if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "ts_expect_error", "test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "ts_expect_error"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_form_unknown if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "new_form"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "new_form"
	not startswith(found.msg, "cannot judge")
}

test_denies_any_in_a_test if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "any"
	not startswith(found.msg, "cannot judge")
}

test_denies_a_cast_to_never if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "cast_to_never"})],
	}
	denied := rule.deny with input as facts_of(tables)
	some found in denied
	found.subject == "cast_to_never"
	not startswith(found.msg, "cannot judge")
}

test_passes_a_directive_with_its_reason if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "ts_expect_error", "reasoned": true, "test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_forbidden_value_in_a_test if {
	tables := {
		"unsafe_code": [row_of_unsafe_code({"kind": "cast_to_never", "test": true})],
	}
	denied := rule.deny with input as facts_of(tables)
	denied == set()
}

test_passes_a_record_written_in_full if {
	tables := {
		"unsafe_code": [
			row_of_unsafe_code({"file": "libs/storage-redis/src/run-record.ts", "project": "@arqonbus/storage-redis", "kind": "alloc_unsafe"}),
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
	denied := rule.deny with input as facts_of({"unsafe_code": []}) with data.allowed_patterns as false
	"data.allowed_patterns is missing" in {trim_prefix(found.msg, "cannot judge: ") | some found in denied}
}

# METADATA
# title: Nothing switches the checks off
# description: >-
#   No eval, new Function or text as code; no vm and no uninitialised memory in production; no any, no cast through unknown, never or
#   any, no non-null assertion; no ts-ignore or ts-nocheck; no ts-expect-error in production, and none without its reason elsewhere; no
#   disabled lint rule but those allowed by name.
# scope: package
# custom:
#   id: architecture.unsafe_code
#   severity: high
#   category: architecture
#   requirements: [G16, S14]
#   fix: Narrow the type, or write the code so that the check passes; what remains is allowed by name with its reason.
package arqonbus.architecture.unsafe_code

import data.arqonbus.lib.allowed
import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"unsafe_code": {"kind", "reasoned", "test"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(row, row.kind, sprintf("%s", [meaning(row.kind)])) if {
	some row in input.unsafe_code
	not is_reasoned(row)
	not allowed.covers("architecture.unsafe_code", row)
}

# Tests show the compiler what it must refuse.
is_reasoned(row) if {
	row.kind == "ts_expect_error"
	row.reasoned == true
	row.test == true
}

# They also give values that a type forbids.
is_reasoned(row) if {
	row.kind == "cast_to_never"
	row.test == true
}

meanings := {
	"any": "any switches the type check off",
	"non_null": "a non-null assertion hides a missing value",
	"double_cast": "a cast through unknown, never or any hides a type error",
	"cast_to_never": "a cast to never fits everywhere",
	"eval": "text is run as code",
	"new_function": "a function is made of text",
	"vm": "code is run in a context of its own",
	"alloc_unsafe": "the buffer holds what was in memory before",
	"native": "native code is loaded by hand",
	"ts_ignore": "ts-ignore hides every error of the line",
	"ts_nocheck": "ts-nocheck hides every error of the file",
	"ts_expect_error": "an expected type error has no place or no reason here",
	"eslint_disable": "a lint rule is disabled",
}

meaning(kind) := object.get(meanings, kind, sprintf("unsafe form %s", [kind]))

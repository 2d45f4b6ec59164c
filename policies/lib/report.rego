# METADATA
# title: Findings
# description: What deny and warn hold. The runner adds what the rule's metadata says.
package arqonbus.lib.report

# METADATA
# description: A finding at the place of a row. `subject` names the thing judged and stays the same when lines move.
finding(row, subject, msg) := {
	"msg": msg,
	"_loc": {"file": row.file, "line": row.line},
	"project": row.project,
	"subject": subject,
}

# METADATA
# description: What a rule denies when the facts it reads are not whole.
incomplete(fault) := {
	"msg": sprintf("cannot judge: %s", [fault]),
	"_loc": {"file": "policies", "line": 1},
	"project": "workspace",
	"subject": "facts",
}

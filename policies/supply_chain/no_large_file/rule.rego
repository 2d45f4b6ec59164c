# METADATA
# title: No large file, program or archive is committed
# description: >-
#   Files above 128 KiB, programs and archives are not reviewed by reading. Those that belong here are listed with
#   a bound and a reason.
# scope: package
# custom:
#   id: supply_chain.no_large_file
#   severity: medium
#   category: supply_chain
#   requirements: [L29]
#   fix: Build the file where it is needed, or list it in policies/data/packages.json under large_files.
package arqonbus.supply_chain.no_large_file

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {
	"committed_files": {"path", "bytes", "kind"},
}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.packages is missing") if not data.packages

deny contains report.finding(row, row.path, sprintf("%s is %s", [row.path, described(row)])) if {
	some row in input.committed_files
	is_notable(row)
	not is_listed(row)
}

is_notable(row) if row.bytes > data.packages.max_file_bytes

is_notable(row) if row.kind in {"program", "archive"}

is_listed(row) if {
	some entry in data.packages.large_files
	glob.match(entry.glob, ["/"], row.path)
	row.bytes <= entry.max_bytes
	count(entry.reason) > 10
}

described(row) := sprintf("%s bytes large", [format_int(row.bytes, 10)]) if row.kind in {"other", "environment", "credential"}

else := sprintf("a %s", [row.kind])

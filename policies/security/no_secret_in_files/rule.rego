# METADATA
# title: No file holds a secret
# description: >-
#   The repository's own content inspection finds no token, key or password in any text of the repository, new files included, and no file is
#   named as keys are or is a large binary. Examples that look like secrets are listed by fingerprint, so that another one in the same file is
#   still found.
# scope: package
# custom:
#   id: security.no_secret_in_files
#   severity: critical
#   category: security
#   requirements: [J13, M6, L29]
#   fix: Remove it, revoke it, and read it from the environment or a secret store; build examples for tests at run time.
package arqonbus.security.no_secret_in_files

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"secret_findings": {"detector", "fingerprint"}, "suspect_files": {"reason", "bytes", "binary"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	sprintf("%s %s", [row.detector, row.fingerprint]),
	sprintf("looks like a secret (%s, fingerprint %s)", [row.detector, row.fingerprint]),
) if {
	some row in input.secret_findings
	not [row.file, row.fingerprint] in known
}

deny contains report.finding(row, row.file, "is named like a file that holds keys or passwords") if {
	some row in input.suspect_files
	row.reason == "name"
	not row.file in known_files
}

deny contains report.finding(row, row.file, sprintf("has %s bytes; large files do not belong in the repository", [format_int(row.bytes, 10)])) if {
	some row in input.suspect_files
	row.reason == "size"
	not row.file in known_files
}

known contains [entry.file, fingerprint] if {
	some entry in data.allowed_patterns["security.no_secret_in_files"]
	some fingerprint in entry.fingerprints
}

known_files contains entry.file if {
	some entry in data.allowed_patterns["security.no_secret_in_files"]
	entry.named == true
}

# METADATA
# title: No weak cryptography
# description: >-
#   Digests and ciphers that are broken are not used, nor ciphers without a vector, nor keys, salts and vectors that are written in the code.
#   Where a protocol of somebody else asks for SHA-1, the place is listed.
# scope: package
# custom:
#   id: security.weak_crypto
#   severity: high
#   category: security
#   requirements: [M6, M16]
#   fix: Use SHA-256 and AES-256-GCM with random vectors, or list the place with the protocol that asks for it.
package arqonbus.security.weak_crypto

import data.arqonbus.lib.facts
import data.arqonbus.lib.report

reads := {"crypto_uses": {"api", "algorithm", "fixed", "test"}}

deny contains report.incomplete(fault) if some fault in facts.faults(input, reads)

deny contains report.incomplete("data.allowed_patterns is missing") if not data.allowed_patterns

deny contains report.finding(
	row,
	sprintf("%s %s", [row.api, row.algorithm]),
	sprintf("%s uses %s%s", [row.api, row.algorithm, suffix(row)]),
) if {
	some row in input.crypto_uses
	not row.test
	is_weak(row)
	not is_allowed(row)
}

is_allowed(row) if {
	some entry in data.allowed_patterns["security.weak_crypto"]
	entry.file == row.file
	entry.algorithm == row.algorithm
}

suffix(row) := " with a fixed key, salt or vector" if row.fixed

suffix(row) := "" if not row.fixed

is_weak(row) if regex.match(`(^|[-_])(md[245]|sha-?1|ripemd\w*|des|des3|3des|rc[245]\w*|bf|blowfish|ecb|cast\w*|idea)($|[-_])`, row.algorithm)

is_weak(row) if row.api in {"createCipher", "createDecipher", "md5", "sha1", "md4"}

is_weak(row) if row.fixed

is_weak(row) if row.algorithm == "computed"

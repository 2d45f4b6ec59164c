# METADATA
# title: About the runtime policies
package arqonbus.runtime.lib.about

# METADATA
# description: Raised with every change of what is allowed; a host refuses decisions of another version than it loaded.
policy_version := "1.0.0"

# METADATA
# description: >-
#   The one shape of a decision. All that is `required` must be `met`: what the policy does not know of cannot allow, so a field that is
#   missing or of another type denies. What is not met gives the reasons, sorted.
decide(required, met) := {
	"allow": (required & met) == required,
	"reasons": sort(required - met),
	"policy_version": policy_version,
}

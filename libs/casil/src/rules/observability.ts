import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Metrics, logs, traces, errors, uptime and on-call. */
export const observabilityRules: readonly TokenRule[] = [
  {
    id: 'datadog-api-key', provider: 'Datadog', kind: 'context',
    keywords: ['datadog', 'dd_api', 'dd-api', 'ddapi', 'dd_app', 'dd-app', 'ddapp', 'dd_client', 'dd-application'],
    pattern: '[0-9a-f]{32}',
    source: 'API guide: 32 hexadecimal digits',
  },
  {
    id: 'datadog-application-key', provider: 'Datadog', kind: 'context',
    keywords: ['datadog', 'dd_api', 'dd-api', 'ddapi', 'dd_app', 'dd-app', 'ddapp', 'dd_client', 'dd-application'],
    pattern: '[0-9a-f]{40}',
    source: 'API guide: 40 hexadecimal digits',
  },
  {
    id: 'datadog-prefixed-key', provider: 'Datadog', kind: 'prefix', prefixes: ['ddapp_', 'ddpat_', 'ddsat_'],
    pattern: 'dd(app|pat|sat)_[0-9A-Za-z]{34,64}',
    source: 'Application keys and personal tokens since 2025',
  },
  {
    id: 'new-relic-user-key', provider: 'New Relic', kind: 'prefix', prefixes: ['NRAK-'],
    pattern: 'NRAK-[0-9A-Z]{27}',
    source: 'API keys guide',
  },
  {
    id: 'new-relic-license-key', provider: 'New Relic', kind: 'infix', infixes: ['NRAL'],
    pattern: '[0-9A-Za-z]{36}NRAL', maxBeforeBytes: 36,
    source: 'API keys guide: 40 characters, region in front, mark at the end',
  },
  {
    id: 'new-relic-insights-key', provider: 'New Relic', kind: 'prefix', prefixes: ['NRII-', 'NRIQ-'],
    pattern: 'NRI[IQ]-[0-9A-Za-z_-]{32}',
    source: 'API keys guide: insert and query keys',
  },
  {
    id: 'new-relic-browser-key', provider: 'New Relic', kind: 'prefix', prefixes: ['NRJS-', 'NRBR-', 'NRMA-'],
    pattern: 'NR(JS|BR|MA)-[0-9A-Za-z]{16,40}', minEntropyBits: 2.5,
    source: 'API keys guide: browser and mobile licences',
  },
  {
    id: 'new-relic-admin-key', provider: 'New Relic', kind: 'prefix', prefixes: ['NRAA-', 'NRRA-'],
    pattern: 'NR(AA|RA)-[0-9a-f]{42}',
    source: 'API keys guide: admin keys before 2021',
  },
  {
    id: 'new-relic-synthetics-key', provider: 'New Relic', kind: 'prefix', prefixes: ['NRSP-'],
    pattern: 'NRSP-[a-z]{2}[0-9]{2}[0-9A-F]{31,36}',
    source: 'Private locations',
  },
  {
    id: 'grafana-service-account-token', provider: 'Grafana', kind: 'prefix', prefixes: ['glsa_'],
    pattern: 'glsa_[0-9A-Za-z]{32}_[0-9a-f]{8}', checksum: 'grafana',
    source: 'Guide: CRC-32 in hexadecimal at the end',
  },
  {
    id: 'grafana-cloud-token', provider: 'Grafana', kind: 'prefix', prefixes: ['glc_'],
    pattern: 'glc_[0-9A-Za-z+/]{32,500}={0,3}',
    source: 'Access policies: JSON in base64',
  },
  {
    id: 'grafana-api-key-legacy', provider: 'Grafana', kind: 'prefix', prefixes: ['eyJrIjoi'],
    pattern: 'eyJrIjoi[0-9A-Za-z+/]{50,400}={0,3}',
    source: 'API keys: JSON in base64 that begins with {"k":"',
  },
  {
    id: 'sentry-organisation-token', provider: 'Sentry', kind: 'prefix', prefixes: ['sntrys_'],
    pattern: 'sntrys_eyJ[0-9A-Za-z+/]{50,500}={0,2}_[0-9A-Za-z+/]{43}',
    source: 'Guide: JSON in base64 and a secret',
  },
  {
    id: 'sentry-user-token', provider: 'Sentry', kind: 'prefix', prefixes: ['sntryu_', 'sntrya_', 'sntryi_'],
    pattern: 'sntry[aui]_[0-9a-f]{64}',
    source: 'Guide: user, application and integration tokens',
  },
  {
    id: 'sentry-token-legacy', provider: 'Sentry', kind: 'context', keywords: ['sentry'],
    pattern: '[0-9a-f]{64}',
    source: 'Guide: 64 hexadecimal digits',
  },
  {
    id: 'honeycomb-key', provider: 'Honeycomb', kind: 'prefix',
    prefixes: [
      'hcaik_', 'hcalk_', 'hcamk_', 'hcbik_', 'hcblk_', 'hcbmk_', 'hccik_', 'hcclk_', 'hccmk_', 'hcdik_', 'hcdlk_', 'hcdmk_', 'hceik_', 'hcelk_',
      'hcemk_', 'hcfik_', 'hcflk_', 'hcfmk_', 'hcxik_', 'hcxlk_', 'hcxmk_',
    ],
    pattern: 'hc[abcdefx](ik|lk|mk)_[0-9a-z]{58}',
    source: 'Guide: ingest and management keys, 58 characters',
  },
  {
    id: 'honeycomb-key-legacy', provider: 'Honeycomb', kind: 'context', keywords: ['honeycomb', 'x-honeycomb-team'],
    pattern: '([0-9a-f]{32}|[0-9A-Za-z]{22})', minEntropyBits: 3.0,
    source: 'Guide: 32 hexadecimal digits, or 22 characters per environment',
  },
  {
    id: 'dynatrace-token', provider: 'Dynatrace', kind: 'prefix', prefixes: ['dt0a', 'dt0c', 'dt0e', 'dt0s'],
    pattern: 'dt0[aces][0-9]{2}[.][0-9A-Z]{8,24}[.][0-9A-Z]{64}',
    source: 'API guide: public part and secret of base32',
  },
  {
    id: 'splunk-hec-token', provider: 'Splunk', kind: 'context',
    keywords: [
      'splunk_hec', 'splunk_token', 'splunk-token', 'splunktoken', 'splunk_access', 'hec_token', 'hec-token', 'hectoken', 'splunkhec',
      'splunk_key',
    ],
    pattern: UUID_PATTERN,
    source: 'HTTP Event Collector guide: UUID',
  },
  {
    id: 'splunk-observability-token', provider: 'Splunk', kind: 'context', keywords: ['splunk', 'signalfx', 'x-sf-token', 'sfx_'],
    pattern: '[0-9A-Za-z_-]{22}', minEntropyBits: 3.8,
    source: 'Observability Cloud: 22 characters',
  },
  {
    id: 'sumo-logic-access-id', provider: 'Sumo Logic', kind: 'context', keywords: ['sumo'],
    pattern: 'su[0-9A-Za-z]{12}',
    source: 'API guide: su and 12 characters',
  },
  {
    id: 'sumo-logic-access-key', provider: 'Sumo Logic', kind: 'context', keywords: ['sumo'],
    pattern: '[0-9A-Za-z]{64}', minEntropyBits: 4.0,
    source: 'API guide: 64 characters',
  },
  {
    id: 'logz-io-token', provider: 'Logz.io', kind: 'context', keywords: ['logzio', 'logz.io', 'logz_io', 'logz-io'],
    pattern: `([A-Za-z]{32}|${UUID_PATTERN})`,
    source: 'Guide: shipping 32 letters, API UUID',
  },
  {
    id: 'loggly-token', provider: 'Loggly', kind: 'context', keywords: ['loggly'],
    pattern: UUID_PATTERN,
    source: 'Loggly, guide: UUID',
  },
  {
    id: 'papertrail-token', provider: 'Papertrail', kind: 'context', keywords: ['papertrail'],
    pattern: '[0-9A-Za-z]{20}', minEntropyBits: 3.4,
    source: 'API guide: 20 characters',
  },
  {
    id: 'better-stack-token', provider: 'Better Stack', kind: 'context',
    keywords: ['logtail', 'betterstack', 'better_stack', 'better-stack', 'betteruptime', 'better_uptime'],
    pattern: '[0-9A-Za-z]{24}', minEntropyBits: 3.5,
    source: 'Guide: 24 characters',
  },
  {
    id: 'rollbar-token', provider: 'Rollbar', kind: 'context', keywords: ['rollbar'],
    pattern: '([0-9a-f]{32}|[0-9a-f]{64}|[0-9a-f]{128})',
    source: 'Guide: 32 hexadecimal digits; since 2025 up to 128',
  },
  {
    id: 'bugsnag-key', provider: 'BugSnag', kind: 'context', keywords: ['bugsnag'],
    pattern: `([0-9a-f]{32}|${UUID_PATTERN})`,
    source: 'Guide: 32 hexadecimal digits, personal tokens UUID',
  },
  {
    id: 'airbrake-key', provider: 'Airbrake', kind: 'context', keywords: ['airbrake'],
    pattern: '[0-9a-f]{32}([0-9a-f]{8})?',
    source: 'Guide: 32 hexadecimal digits, user keys 40',
  },
  {
    id: 'honeybadger-token', provider: 'Honeybadger', kind: 'prefix', prefixes: ['hbp_', 'hbt_', 'hbu_'],
    pattern: 'hb[ptu]_[0-9A-Za-z]{34,40}',
    source: 'Project keys and personal tokens',
  },
  {
    id: 'appsignal-key', provider: 'AppSignal', kind: 'context', keywords: ['appsignal'],
    pattern: UUID_PATTERN,
    source: 'Guide: push API keys are UUIDs',
  },
  {
    id: 'raygun-key', provider: 'Raygun', kind: 'context', keywords: ['raygun'],
    pattern: '[0-9A-Za-z+/]{22}(==)?', minEntropyBits: 3.6,
    source: 'Guide: 16 bytes in base64, or 22 characters',
  },
  {
    id: 'axiom-token', provider: 'Axiom', kind: 'prefix', prefixes: ['xaat-', 'xapt-', 'xait-'],
    pattern: `xa[aip]t-${UUID_PATTERN}`,
    source: 'Guide: API, personal and ingest tokens',
  },
  {
    id: 'pagerduty-api-key', provider: 'PagerDuty', kind: 'context', keywords: ['pagerduty', 'pager_duty', 'pd_api', 'pd_token'],
    pattern: '[0-9A-Za-z_+-]{20}', minEntropyBits: 3.7,
    source: 'API guide: 20 characters',
  },
  {
    id: 'pagerduty-integration-key', provider: 'PagerDuty', kind: 'context',
    keywords: ['pagerduty', 'pager_duty', 'pd_routing', 'pd_integration', 'routing_key'],
    pattern: '[0-9A-Za-z]{32}',
    source: 'Events API guide: 32 characters',
  },
  {
    id: 'opsgenie-key', provider: 'Opsgenie', kind: 'context', keywords: ['opsgenie', 'geniekey'],
    pattern: UUID_PATTERN,
    source: 'API guide: UUID',
  },
  {
    id: 'incident-io-key', provider: 'incident.io', kind: 'prefix', prefixes: ['inc_'],
    pattern: 'inc_([0-9a-f]{64}|[0-9A-Za-z]{40,64})',
    source: 'incident.io, API keys',
  },
  {
    id: 'victorops-key', provider: 'Splunk On-Call', kind: 'context', keywords: ['victorops', 'x-vo-api'],
    pattern: `(${UUID_PATTERN}|[0-9a-f]{32})`,
    source: 'API guide: UUID or 32 hexadecimal digits',
  },
  {
    id: 'statuspage-key', provider: 'Statuspage', kind: 'context',
    keywords: ['statuspage_api', 'statuspage-api', 'statuspageapi', 'statuspage_key', 'statuspage_token', 'statuspage-token'],
    pattern: `(${UUID_PATTERN}|[0-9a-f]{64}|[0-9a-f]{32})`,
    source: 'API guide: UUID or 64 hexadecimal digits',
  },
  {
    id: 'uptimerobot-key', provider: 'UptimeRobot', kind: 'context', keywords: ['uptimerobot', 'uptime_robot', 'uptime-robot'],
    pattern: '(u|ur|m)[0-9]{5,12}-[0-9a-f]{24,32}',
    source: 'API guide: account, monitor and read-only keys',
  },
  {
    id: 'checkly-key', provider: 'Checkly', kind: 'prefix', prefixes: ['cu_', 'sv_'],
    pattern: '(cu|sv)_[0-9a-f]{32}',
    source: 'API keys of users and service accounts',
  },
  {
    id: 'coralogix-key', provider: 'Coralogix', kind: 'prefix', prefixes: ['cxtp_', 'cxup_', 'cxth_', 'cxtl_', 'cxop_', 'cxap_'],
    pattern: 'cx(tp|th|tl|up|op|ap)_[0-9A-Za-z]{28,36}',
    source: 'API keys guide: team, user and alert keys',
  },
  {
    id: 'coralogix-key-legacy', provider: 'Coralogix', kind: 'context', keywords: ['coralogix'],
    pattern: UUID_PATTERN,
    source: 'API keys guide: UUID',
  },
  {
    id: 'mezmo-key', provider: 'Mezmo', kind: 'context', keywords: ['mezmo', 'logdna'],
    pattern: '([0-9a-f]{32}|sts_[0-9a-f]{32})',
    source: 'Guide: ingestion and service keys',
  },
  {
    id: 'zabbix-token', provider: 'Zabbix', kind: 'context', keywords: ['zabbix'],
    pattern: '([0-9a-f]{64}|[0-9a-f]{32})',
    source: 'API guide: 64 hexadecimal digits',
  },
  {
    id: 'logicmonitor-token', provider: 'LogicMonitor', kind: 'prefix', prefixes: ['lmb_'],
    pattern: 'lmb_[0-9A-Za-z+/]{40,120}={0,2}',
    source: 'Bearer tokens',
  },
  {
    id: 'instana-key', provider: 'Instana', kind: 'context', keywords: ['instana'],
    pattern: '[0-9A-Za-z_-]{22}', minEntropyBits: 3.8,
    source: 'Agent keys: 22 characters',
  },
  {
    id: 'lightstep-token', provider: 'Lightstep', kind: 'context', keywords: ['lightstep', 'ls_access'],
    pattern: '[0-9A-Za-z+/]{60,160}={0,2}',
    source: 'Access tokens, as issued',
  },
  {
    id: 'appdynamics-key', provider: 'AppDynamics', kind: 'context',
    keywords: ['appdynamics_access', 'appdynamics-access', 'appdynamics_key', 'appdynamics_agent_account_access', 'appdynamics_client_secret'],
    pattern: `(${UUID_PATTERN}|[0-9a-z]{12})`, minEntropyBits: 2.8,
    source: 'Account access keys: 12 characters, client secrets UUID',
  },
  {
    id: 'cronitor-key', provider: 'Cronitor', kind: 'context', keywords: ['cronitor'],
    pattern: '[0-9a-f]{32}',
    source: 'API keys: 32 hexadecimal digits',
  },
  {
    id: 'elastic-apm-token', provider: 'Elastic', kind: 'context',
    keywords: ['elastic_apm_secret', 'elastic_apm_token', 'elastic-apm-secret', 'elastic-apm-token', 'elasticapmsecret', 'apm_secret', 'apm-secret'],
    pattern: '[0-9A-Za-z]{18,24}', minEntropyBits: 3.5,
    source: 'APM secret tokens, as issued by Elastic Cloud',
  },
  {
    id: 'posthog-personal-key', provider: 'PostHog', kind: 'prefix', prefixes: ['phx_', 'phs_'],
    pattern: 'ph[xs]_[0-9A-Za-z]{32,64}',
    source: 'API guide: personal and feature flag keys; phc project keys are public',
  },
  {
    id: 'logfire-token', provider: 'Pydantic Logfire', kind: 'prefix', prefixes: ['pylf_v'],
    pattern: 'pylf_v[0-9]_([a-z]{2,4}_)?[0-9A-Za-z]{43}', minEntropyBits: 4,
    source: 'Write tokens guide: version, region and 43 characters',
  },
];

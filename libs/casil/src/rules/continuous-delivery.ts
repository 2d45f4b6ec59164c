import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Building, testing, deploying: pipelines, infrastructure as code, clusters, feature flags. */
export const continuousDeliveryRules: readonly TokenRule[] = [
  {
    id: 'circleci-token', provider: 'CircleCI', kind: 'prefix', prefixes: ['CCIPAT_', 'CCIPRJ_'],
    pattern: 'CCIP(AT|RJ)_[0-9A-Za-z]{22}_[0-9a-f]{40}',
    source: 'API guide: personal and project tokens since 2023',
  },
  {
    id: 'circleci-token-legacy', provider: 'CircleCI', kind: 'context',
    keywords: [
      'circleci_token', 'circleci-token', 'circlecitoken', 'circleci_api', 'circleci-api', 'circleciapi', 'circleci_key', 'circleci_pat',
      'circleci.token', 'circle_token', 'circle-token', 'circletoken', 'circle_ci_token',
    ],
    pattern: '[0-9a-f]{40}',
    source: 'API guide: 40 hexadecimal digits',
  },
  {
    id: 'travis-token', provider: 'Travis CI', kind: 'context',
    keywords: [
      'travis_token', 'travis-token', 'travis_api', 'travis-api', 'travisci_token', 'travisci-token', 'travis_ci_token', 'travis_ci_api',
      'travis_access',
    ],
    pattern: '[0-9A-Za-z_-]{20,22}', minEntropyBits: 3.6,
    source: 'API guide: 20 to 22 characters',
  },
  {
    id: 'jenkins-api-token', provider: 'Jenkins', kind: 'context', keywords: ['jenkins'],
    pattern: '11[0-9a-f]{32}',
    source: 'Security guide: 11 and 32 hexadecimal digits',
  },
  {
    id: 'buildkite-token', provider: 'Buildkite', kind: 'prefix', prefixes: ['bkua_', 'bkct_', 'bkat_', 'bkaj_', 'bkpt_', 'bkai_'],
    pattern: 'bk(ua|ct|at|aj|pt|ai)_[0-9A-Za-z]{40,64}',
    source: 'Guide: user, agent, cluster, job and portal tokens',
  },
  {
    id: 'buildkite-agent-token-legacy', provider: 'Buildkite', kind: 'context',
    keywords: [
      'buildkite_agent', 'buildkite-agent', 'buildkiteagent', 'buildkite_token', 'buildkite-token', 'buildkite_api', 'buildkite-api',
      'buildkite_access',
    ],
    pattern: '([0-9a-f]{40}|[0-9a-f]{50}|[0-9A-Za-z]{40})',
    source: 'Agent tokens before 2024',
  },
  {
    id: 'drone-token', provider: 'Drone CI', kind: 'context',
    keywords: ['drone_token', 'drone-token', 'dronetoken', 'drone_rpc', 'drone_secret', 'drone_server', 'woodpecker_token', 'woodpecker_agent'],
    pattern: '[0-9A-Za-z]{32}', minEntropyBits: 3.0,
    source: 'Personal tokens and shared secrets: 32 characters',
  },
  {
    id: 'codecov-token', provider: 'Codecov', kind: 'context', keywords: ['codecov'],
    pattern: `(${UUID_PATTERN}|[0-9A-Za-z]{32})`,
    source: 'Guide: upload tokens are UUIDs, API tokens 32 characters',
  },
  {
    id: 'coveralls-repo-token', provider: 'Coveralls', kind: 'context', keywords: ['coveralls'],
    pattern: '[0-9A-Za-z]{32,33}',
    source: 'Guide: 33 characters',
  },
  {
    id: 'codacy-token', provider: 'Codacy', kind: 'context', keywords: ['codacy'],
    pattern: '([0-9a-f]{32}|[0-9A-Za-z]{20})', minEntropyBits: 3.0,
    source: 'Guide: project tokens 32 hexadecimal digits, account tokens 20 characters',
  },
  {
    id: 'code-climate-reporter-id', provider: 'Code Climate', kind: 'context', keywords: ['cc_test_reporter', 'codeclimate', 'code_climate'],
    pattern: '[0-9a-f]{64}',
    source: 'Guide: test reporter ids, 64 hexadecimal digits',
  },
  {
    id: 'sonarqube-token', provider: 'SonarQube', kind: 'prefix', prefixes: ['sqp_', 'sqa_', 'squ_'],
    pattern: 'sq[apu]_[0-9a-f]{40}',
    source: 'Guide: project, global and user tokens',
  },
  {
    id: 'sonarqube-token-legacy', provider: 'SonarQube', kind: 'context',
    keywords: [
      'sonar_token', 'sonar-token', 'sonartoken', 'sonar.token', 'sonar.login', 'sonar_login', 'sonarqube_token', 'sonarcloud_token',
      'sonarqube_api',
    ],
    pattern: '[0-9a-f]{40}',
    source: 'Guide: 40 hexadecimal digits',
  },
  {
    id: 'snyk-token', provider: 'Snyk', kind: 'context',
    keywords: ['snyk_token', 'snyk-token', 'snyktoken', 'snyk_api', 'snyk-api', 'snykapi', 'snyk_key', 'snyk_oauth'],
    pattern: UUID_PATTERN,
    source: 'API guide: UUID',
  },
  {
    id: 'snyk-prefixed-token', provider: 'Snyk', kind: 'prefix', prefixes: ['snyk_'],
    pattern: 'snyk_[a-z]{3}[.][0-9A-Za-z]{8}[.][0-9A-Za-z_-]{20,512}([.][0-9A-Za-z_-]{20,512}){0,2}',
    source: 'API guide: personal and service-account tokens with a region',
  },
  {
    id: 'harness-token', provider: 'Harness', kind: 'prefix', prefixes: ['pat.', 'sat.'],
    pattern: '[ps]at[.][0-9A-Za-z_-]{22}[.][0-9A-Za-z]{24}[.][0-9A-Za-z]{20}',
    source: 'API guide: personal and service-account tokens',
  },
  {
    id: 'octopus-api-key', provider: 'Octopus Deploy', kind: 'prefix', prefixes: ['API-'],
    pattern: 'API-[0-9A-Z]{25,29}', minEntropyBits: 3.2,
    source: 'Octopus Deploy, API guide',
  },
  {
    id: 'teamcity-token', provider: 'TeamCity', kind: 'prefix', prefixes: ['eyJ0eXAiOiAiVENWMiJ9'],
    pattern: 'eyJ0eXAiOiAiVENWMiJ9[.][0-9A-Za-z_-]{20,60}[.][0-9A-Za-z_-]{20,60}',
    source: 'Access tokens: a fixed header, then two parts in base64',
  },
  {
    id: 'semaphore-token', provider: 'Semaphore', kind: 'context',
    keywords: ['semaphoreci_token', 'semaphoreci_api', 'semaphore_api', 'semaphore_token', 'semaphore-token'],
    pattern: '[0-9A-Za-z_-]{20,50}', minEntropyBits: 3.6,
    source: 'API guide: 32 or more characters',
  },
  {
    id: 'bitrise-token', provider: 'Bitrise', kind: 'context', keywords: ['bitrise'],
    pattern: '[0-9A-Za-z_-]{86}',
    source: 'API guide: 86 characters',
  },
  {
    id: 'appveyor-token', provider: 'AppVeyor', kind: 'context', keywords: ['appveyor'],
    pattern: '(v2[.])?[0-9a-z]{20}', minEntropyBits: 3.3,
    source: 'API guide: v2 and 20 characters',
  },
  {
    id: 'app-center-token', provider: 'App Center', kind: 'context', keywords: ['appcenter', 'app_center', 'app-center', 'codepush'],
    pattern: '[0-9a-f]{40}',
    source: 'API guide: 40 hexadecimal digits',
  },
  {
    id: 'expo-token', provider: 'Expo', kind: 'context', keywords: ['expo_token', 'expo-token', 'expotoken', 'expo_access'],
    pattern: '[0-9A-Za-z_-]{40}', minEntropyBits: 3.8,
    source: 'Programmatic access: 40 characters',
  },
  {
    id: 'terraform-cloud-token', provider: 'HashiCorp Terraform', kind: 'infix', infixes: ['.atlasv1.'],
    pattern: '[0-9A-Za-z]{14}[.]atlasv1[.][0-9A-Za-z_-]{60,70}', maxBeforeBytes: 14,
    source: 'API guide: id, the mark atlasv1, secret',
  },
  {
    id: 'pulumi-access-token', provider: 'Pulumi', kind: 'prefix', prefixes: ['pul-'],
    pattern: 'pul-[0-9a-f]{40}',
    source: 'Guide: 40 hexadecimal digits',
  },
  {
    id: 'puppet-forge-key', provider: 'Puppet', kind: 'context', keywords: ['puppetforge', 'puppet_forge', 'puppet-forge', 'forge_api'],
    pattern: '[0-9a-f]{64}',
    source: 'Forge API guide: 64 hexadecimal digits',
  },
  {
    id: 'rancher-token', provider: 'Rancher', kind: 'prefix', prefixes: ['token-'],
    pattern: 'token-[0-9a-z]{5}:[0-9a-z]{54}',
    source: 'API guide: access key and secret',
  },
  {
    id: 'rancher-kubeconfig-token', provider: 'Rancher', kind: 'prefix', prefixes: ['kubeconfig-u'],
    pattern: 'kubeconfig-u(ser)?-[0-9a-z]{5,20}:[0-9a-z]{54}',
    source: 'kubeconfig files it hands out',
  },
  {
    id: 'kubernetes-bootstrap-token', provider: 'Kubernetes', kind: 'context',
    keywords: ['kubeadm', 'bootstrap_token', 'bootstrap-token', 'bootstraptoken', 'tlsbootstrap', 'discovery-token', 'discoverytoken', '--token'],
    pattern: '[0-9a-z]{6}[.][0-9a-z]{16}',
    source: 'kubeadm guide: id and secret',
  },
  {
    id: 'openshift-token', provider: 'OpenShift', kind: 'prefix', prefixes: ['sha256~'],
    pattern: 'sha256~[0-9A-Za-z_-]{43}',
    source: 'OAuth tokens since 4.6',
  },
  {
    id: 'portainer-token', provider: 'Portainer', kind: 'prefix', prefixes: ['ptr_'],
    pattern: 'ptr_[0-9A-Za-z+/_-]{43}=?',
    source: 'Portainer, API guide',
  },
  {
    id: 'sanctum-token', provider: 'Coolify', kind: 'context', keywords: ['coolify', 'ploi', 'sanctum', 'laravel_cloud'],
    pattern: '[0-9]{1,8}[|][0-9A-Za-z]{40,48}',
    source: 'Coolify, Ploi, Forge-like panels on Laravel Sanctum: id, bar, secret',
  },
  {
    id: 'configcat-sdk-key', provider: 'ConfigCat', kind: 'prefix', prefixes: ['configcat-sdk-1/', 'configcat-proxy/'],
    pattern: 'configcat-(sdk-1|proxy)/[0-9A-Za-z_-]{22}/[0-9A-Za-z_-]{22}',
    source: 'Guide: SDK keys of two parts',
  },
  {
    id: 'unleash-token', provider: 'Unleash', kind: 'infix', infixes: [':development.', ':production.', ':staging.', ':test.', ':default.'],
    pattern: '[0-9A-Za-z_*-]{0,32}:(development|production|staging|test|default)[.][0-9a-f]{48,64}', maxBeforeBytes: 32,
    source: 'Guide: project, environment, 56 or 64 hexadecimal digits',
  },
  {
    id: 'depot-token', provider: 'Depot', kind: 'prefix', prefixes: ['depot_'],
    pattern: 'depot_(org|project|user|api|ci)_[0-9A-Za-z]{40,80}',
    source: 'CLI guide: user, project and organisation tokens',
  },
  {
    id: 'nx-cloud-token', provider: 'Nx Cloud', kind: 'context',
    keywords: ['nx_cloud', 'nx-cloud', 'nxcloudaccesstoken', 'nxcloudauth', 'nx_cloud_access'],
    pattern: '[0-9A-Za-z+/]{48,90}={0,2}',
    source: 'Access tokens: UUID and scope in base64',
  },
  {
    id: 'chromatic-project-token', provider: 'Chromatic', kind: 'prefix', prefixes: ['chpt_'],
    pattern: 'chpt_[0-9a-z]{12,24}', minEntropyBits: 2.5,
    source: 'Chromatic, guide',
  },
  {
    id: 'percy-token', provider: 'Percy', kind: 'prefix', prefixes: ['web_', 'app_', 'auto_', 'vmw_'],
    pattern: '(web|app|auto|vmw)_[0-9a-f]{64}',
    source: 'Guide: web, app and automate projects',
  },
  {
    id: 'cypress-record-key', provider: 'Cypress', kind: 'context', keywords: ['cypress_record', 'cypress-record', 'recordkey', 'cypress_key'],
    pattern: UUID_PATTERN,
    source: 'Guide: record keys are UUIDs',
  },
  {
    id: 'sauce-labs-access-key', provider: 'Sauce Labs', kind: 'context',
    keywords: ['sauce_access', 'sauce-access', 'sauceaccess', 'sauce_key', 'saucelabs_access', 'saucelabs_key'],
    pattern: UUID_PATTERN,
    source: 'Sauce Labs, guide: UUID',
  },
  {
    id: 'browserstack-access-key', provider: 'BrowserStack', kind: 'context', keywords: ['browserstack'],
    pattern: '[0-9A-Za-z]{20}', minEntropyBits: 3.5,
    source: 'Guide: 20 characters',
  },
  {
    id: 'lambdatest-access-key', provider: 'LambdaTest', kind: 'context', keywords: ['lambdatest', 'lt_access'],
    pattern: '(LT_)?[0-9A-Za-z]{48,52}',
    source: 'Guide: LT and 50, or 50 characters',
  },
  {
    id: 'spacelift-secret', provider: 'Spacelift', kind: 'context', keywords: ['spacelift'],
    pattern: '[0-9a-f]{64}',
    source: 'API keys, as issued: 64 hexadecimal digits',
  },
  {
    id: 'digicert-api-key', provider: 'DigiCert', kind: 'context',
    keywords: ['digicert_api', 'digicert-api', 'digicertapi', 'digicert_key', 'digicert-key', 'x-dc-devkey'],
    pattern: '[0-9A-Za-z_]{26,130}', minEntropyBits: 3.5,
    source: 'CertCentral guide, as issued',
  },
  {
    id: 'blackfire-token', provider: 'Blackfire', kind: 'context',
    keywords: ['blackfire_client', 'blackfire_server', 'blackfire_api', 'blackfire_token', 'blackfire-client', 'blackfire-server'],
    pattern: `([0-9a-f]{64}|${UUID_PATTERN})`,
    source: 'Guide: client and server tokens, 64 hexadecimal digits',
  },
  {
    id: 'scalingo-token', provider: 'Scalingo', kind: 'prefix', prefixes: ['tk-us-'], pattern: 'tk-us-[0-9A-Za-z_-]{48}',
    source: 'observed: tokens of the dashboard',
  },
  {
    id: 'infracost-key', provider: 'Infracost', kind: 'prefix', prefixes: ['ico-'], pattern: 'ico-[0-9A-Za-z]{32}', minEntropyBits: 3.5, notAfter: '.',
    source: 'observed: API keys of the command line client',
  },
  {
    id: 'rootly-token', provider: 'Rootly', kind: 'prefix', prefixes: ['rootly_'], pattern: 'rootly_[0-9a-f]{64}',
    source: 'observed: API keys of teams',
  },
  {
    id: 'defined-networking-key', provider: 'Defined Networking', kind: 'prefix', prefixes: ['dnkey-'], pattern: 'dnkey-[0-9a-z=_-]{26}-[0-9a-z=_-]{52}', ignoreCase: true,
    source: 'API reference: key id and secret',
  },
  {
    id: 'settlemint-token', provider: 'SettleMint', kind: 'prefix', prefixes: ['sm_pat_', 'sm_aat_', 'sm_sat_'], pattern: 'sm_[pas]at_[0-9A-Za-z]{16}',
    source: 'observed: access tokens of persons, applications and services',
  },
  {
    id: 'docker-swarm-join-token', provider: 'Docker', kind: 'prefix', prefixes: ['SWMTKN-1-'],
    pattern: 'SWMTKN-1-[0-9a-z]{50}-[0-9a-z]{25}',
    source: 'Swarm mode guide: digest of the root and secret, each in base 36',
  },
  {
    id: 'k3s-server-token', provider: 'K3s', kind: 'infix', infixes: ['::server:', '::node:'],
    pattern: 'K10[0-9a-f]{64}::(server|node):[0-9A-Za-z_-]{16,64}', maxBeforeBytes: 67,
    source: 'Token guide: K10, digest of the authority, user and secret',
  },
  {
    id: 'stackhawk-key', provider: 'StackHawk', kind: 'prefix', prefixes: ['hawk.'],
    pattern: 'hawk[.][0-9A-Za-z_-]{20}[.][0-9A-Za-z_-]{20}', minEntropyBits: 3.7,
    source: 'API key guide: id and secret of 20 characters',
  },
  {
    id: 'lambdatest-marked-key', provider: 'LambdaTest', kind: 'prefix', prefixes: ['LT_'],
    pattern: 'LT_[0-9A-Za-z]{47,52}', minEntropyBits: 4.2,
    source: 'Access keys that carry the mark LT',
  },
  {
    id: 'growthbook-secret-key', provider: 'GrowthBook', kind: 'prefix', prefixes: ['secret_admin_', 'secret_readonly_', 'secret_user_'],
    pattern: 'secret_(admin|readonly|user)_[0-9A-Za-z]{20,64}', minEntropyBits: 3.5,
    source: 'API guide: secret keys and personal tokens, by role',
  },
];

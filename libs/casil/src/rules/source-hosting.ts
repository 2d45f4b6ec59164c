import type { TokenRule } from './token-rule.js';

/** Where sources live: hosts of repositories, trackers beside them, code search, workspaces. */
export const sourceHostingRules: readonly TokenRule[] = [
  {
    id: 'github-personal-token', provider: 'GitHub', kind: 'prefix', prefixes: ['ghp_'],
    pattern: 'ghp_[0-9A-Za-z]{36}', checksum: 'github',
    source: 'GitHub guide, token formats: CRC-32 of the body in the last six characters',
  },
  {
    id: 'github-oauth-token', provider: 'GitHub', kind: 'prefix', prefixes: ['gho_'],
    pattern: 'gho_[0-9A-Za-z]{36}', checksum: 'github',
    source: 'GitHub guide, token formats: CRC-32 of the body in the last six characters',
  },
  {
    id: 'github-user-to-server-token', provider: 'GitHub', kind: 'prefix', prefixes: ['ghu_'],
    pattern: 'ghu_[0-9A-Za-z]{36}', checksum: 'github',
    source: 'GitHub guide, token formats: CRC-32 of the body in the last six characters',
  },
  {
    id: 'github-server-to-server-token', provider: 'GitHub', kind: 'prefix', prefixes: ['ghs_'],
    pattern: 'ghs_([0-9A-Za-z]{36}|[0-9]{1,12}_eyJ[0-9A-Za-z_-]{10,512}[.]([0-9A-Za-z_-]{20,512}|[0-9A-Za-z_-]{512}[0-9A-Za-z_-]{1,512})[.][0-9A-Za-z_-]{40,512})', checksum: 'github',
    source: 'GitHub guide, token formats: CRC-32 of the body in the last six characters; since 2026 also an app id and a signed token',
  },
  {
    id: 'github-refresh-token', provider: 'GitHub', kind: 'prefix', prefixes: ['ghr_'],
    pattern: 'ghr_([0-9A-Za-z]{36}|[0-9A-Za-z]{76})', checksum: 'github',
    source: 'GitHub guide: refresh tokens, 36 or 76 characters',
  },
  {
    id: 'github-fine-grained-token', provider: 'GitHub', kind: 'prefix', prefixes: ['github_pat_'],
    pattern: 'github_pat_[0-9A-Za-z_]{82}',
    source: 'GitHub guide: 22 and 59 characters around an underscore',
  },
  {
    id: 'github-installation-token-legacy', provider: 'GitHub', kind: 'prefix', prefixes: ['v1.'],
    pattern: 'v1[.][0-9a-f]{40}',
    source: 'App installation tokens before 2021',
  },
  {
    id: 'github-token-legacy', provider: 'GitHub', kind: 'context',
    keywords: [
      'github_token', 'github-token', 'githubtoken', 'github_oauth', 'github-oauth', 'githuboauth', 'github_pat', 'github_api', 'github-api',
      'githubapi', 'github_secret', 'github-secret', 'githubsecret', 'github_client', 'github-client', 'githubclient', 'github_access',
      'githubaccess', 'github.token', 'gh_token', 'gh-token', 'ghtoken', 'gh_pat',
    ],
    pattern: '[0-9a-f]{40}',
    source: 'Tokens and client secrets before 2021: 40 hexadecimal digits',
  },
  {
    id: 'gitlab-personal-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glpat-'],
    pattern: '(glpat-)([0-9A-Za-z_-]{20}|[0-9A-Za-z_-]{27,300}([.][0-9a-z]{2})?[.][0-9a-z]{9})',
    source: 'GitLab guide, token prefixes; routable tokens end with lengths and CRC-32',
  },
  {
    id: 'gitlab-runner-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glrt-', 'glrtr-'],
    pattern: 'glrtr?-(t[0-9]_)?([0-9A-Za-z_-]{20}|[0-9A-Za-z_-]{27,300}([.][0-9a-z]{2})?[.][0-9a-z]{9})',
    source: 'GitLab guide, token prefixes: runner authentication, with a type and routable since 17.10',
  },
  {
    id: 'gitlab-deploy-token', provider: 'GitLab', kind: 'prefix', prefixes: ['gldt-'],
    pattern: 'gldt-([0-9A-Za-z_-]{20}|[0-9A-Za-z_-]{27,300}([.][0-9a-z]{2})?[.][0-9a-z]{9})',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-trigger-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glptt-'],
    pattern: 'glptt-([0-9a-f]{40}|[0-9A-Za-z_-]{27,300}([.][0-9a-z]{2})?[.][0-9a-z]{9}|[0-9A-Za-z_-]{20})',
    source: 'GitLab guide, token prefixes: pipeline triggers',
  },
  {
    id: 'gitlab-job-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glcbt-'],
    pattern: 'glcbt-[0-9A-Za-z]{1,5}_([0-9A-Za-z_-]{20}|[0-9A-Za-z_-]{64})',
    source: 'GitLab guide, token prefixes: CI job tokens with the partition in hexadecimal',
  },
  {
    id: 'gitlab-feed-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glft-'],
    pattern: 'glft-([0-9A-Za-z_-]{20}|[0-9a-f]{64}-[0-9]{1,12})',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-incoming-mail-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glimt-'],
    pattern: 'glimt-([0-9A-Za-z_-]{25}|[0-9A-Za-z_-]{20})',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-agent-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glagent-'],
    pattern: 'glagent-[0-9A-Za-z_-]{50}',
    source: 'GitLab guide, token prefixes: agent for Kubernetes',
  },
  {
    id: 'gitlab-scim-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glsoat-'],
    pattern: 'glsoat-[0-9A-Za-z_-]{20}',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-application-secret', provider: 'GitLab', kind: 'prefix', prefixes: ['gloas-'],
    pattern: 'gloas-[0-9A-Za-z_-]{64}',
    source: 'GitLab guide, token prefixes: OAuth applications',
  },
  {
    id: 'gitlab-feature-flag-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glffct-'],
    pattern: 'glffct-[0-9A-Za-z_-]{20}',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-workspace-token', provider: 'GitLab', kind: 'prefix', prefixes: ['glwt-'],
    pattern: 'glwt-[0-9A-Za-z_-]{20,64}',
    source: 'GitLab guide, token prefixes',
  },
  {
    id: 'gitlab-registration-token', provider: 'GitLab', kind: 'prefix', prefixes: ['GR1348941'],
    pattern: 'GR1348941[0-9A-Za-z_-]{20}',
    source: 'GitLab guide: runner registration before 16.0',
  },
  {
    id: 'gitlab-session-cookie', provider: 'GitLab', kind: 'context', keywords: ['_gitlab_session'],
    pattern: '[0-9a-z]{32}',
    source: 'Session cookie of the web application',
  },
  {
    id: 'gitlab-token-legacy', provider: 'GitLab', kind: 'context',
    keywords: ['gitlab_token', 'gitlab-token', 'gitlabtoken', 'gitlab_api', 'gitlab-api', 'gitlab_private', 'gitlab_access', 'gitlab_pat', 'gl_token'],
    pattern: '[0-9A-Za-z_-]{20}', minEntropyBits: 3.7,
    source: 'Tokens before 14.5: 20 characters without a mark',
  },
  {
    id: 'bitbucket-app-password', provider: 'Bitbucket', kind: 'prefix', prefixes: ['ATBB'],
    pattern: 'ATBB[0-9A-Za-z]{24,36}',
    source: 'Bitbucket Cloud guide: app passwords with CRC-32',
  },
  {
    id: 'bitbucket-access-token', provider: 'Bitbucket', kind: 'prefix', prefixes: ['ATCTT3'],
    pattern: 'ATCTT3[0-9A-Za-z_=-]{60,250}', checksum: 'atlassian',
    source: 'Bitbucket Cloud guide: repository, project and workspace access tokens',
  },
  {
    id: 'bitbucket-client-secret', provider: 'Bitbucket', kind: 'context', keywords: ['bitbucket'],
    pattern: '([0-9A-Za-z]{32}|[0-9A-Za-z_=-]{64})', minEntropyBits: 3.5,
    source: 'OAuth consumers, as issued',
  },
  {
    id: 'bitbucket-server-token', provider: 'Bitbucket', kind: 'context', keywords: ['bitbucket'],
    pattern: '[MNO][0-9A-Za-z+/]{43}',
    source: 'Data Center guide: HTTP access tokens, 44 characters of base64',
  },
  {
    id: 'atlassian-api-token', provider: 'Atlassian', kind: 'prefix', prefixes: ['ATATT3'],
    pattern: 'ATATT3[0-9A-Za-z_=-]{60,250}', checksum: 'atlassian',
    source: 'Cloud API tokens since 2023, CRC-32 after the equals sign',
  },
  {
    id: 'atlassian-api-token-legacy', provider: 'Atlassian', kind: 'context',
    keywords: [
      'atlassian_token', 'atlassian-token', 'atlassiantoken', 'atlassian_api', 'atlassian-api', 'atlassianapi', 'atlassian_access',
      'atlassian_key', 'atlassian_secret', 'atlassian_pat', 'atlassian_auth', 'jira_token', 'jira-token', 'jiratoken', 'jira_api', 'jira-api',
      'jiraapi', 'jira_access', 'jira_key', 'jira_secret', 'jira_pat', 'jira_auth', 'confluence_token', 'confluence-token', 'confluencetoken',
      'confluence_api', 'confluence-api', 'confluenceapi', 'confluence_access', 'confluence_key', 'confluence_secret', 'confluence_pat',
      'confluence_auth',
    ],
    pattern: '[0-9A-Za-z]{24}', minEntropyBits: 3.8,
    source: 'Cloud API tokens before 2023: 24 characters',
  },
  {
    id: 'gitea-token', provider: 'Gitea', kind: 'context',
    keywords: [
      'gitea_token', 'gitea-token', 'giteatoken', 'gitea_api', 'gitea-api', 'gitea_access', 'gitea_secret', 'forgejo_token', 'forgejo-token',
      'forgejo_api', 'codeberg_token', 'codeberg_api', 'gogs_token', 'gogs_api',
    ],
    pattern: '[0-9a-f]{40}',
    source: 'Gitea and Forgejo: 40 hexadecimal digits',
  },
  {
    id: 'gitee-token', provider: 'Gitee', kind: 'context',
    keywords: ['gitee_token', 'gitee-token', 'giteetoken', 'gitee_access', 'gitee_client', 'gitee_secret', 'gitee_pat'],
    pattern: '[0-9a-f]{32}',
    source: 'Open API guide: 32 hexadecimal digits',
  },
  {
    id: 'sourcegraph-token', provider: 'Sourcegraph', kind: 'prefix', prefixes: ['sgp_'],
    pattern: 'sgp_(([0-9A-Fa-f]{16}|local)_)?[0-9A-Fa-f]{40}',
    source: 'Access tokens guide: with or without the instance',
  },
  {
    id: 'sourcegraph-license-key', provider: 'Sourcegraph', kind: 'prefix', prefixes: ['slk_', 'sgd_'],
    pattern: '(slk|sgd)_[0-9a-f]{64}',
    source: 'Access tokens guide: licence and gateway keys',
  },
  {
    id: 'phabricator-token', provider: 'Phabricator', kind: 'prefix', prefixes: ['api-', 'cli-'],
    pattern: '(api|cli)-[a-z2-7]{28}',
    source: 'Conduit guide: 28 characters of base32',
  },
  {
    id: 'jetbrains-permanent-token', provider: 'JetBrains', kind: 'prefix', prefixes: ['perm:', 'perm-'],
    pattern: 'perm[:-][0-9A-Za-z=]{4,100}[.][0-9A-Za-z=_-]{2,100}[.][0-9A-Za-z]{26,64}',
    source: 'Hub and YouTrack guide: user, name and secret',
  },
  {
    id: 'gitpod-token', provider: 'Gitpod', kind: 'prefix', prefixes: ['gitpod_pat_'],
    pattern: 'gitpod_pat_[0-9A-Za-z_-]{20,200}([.][0-9A-Za-z_-]{20,200})?',
    source: 'Personal access tokens, as issued',
  },
  {
    id: 'coder-session-token', provider: 'Coder', kind: 'context', keywords: ['coder_session', 'coder-session', 'coder_token', 'coder_provisioner'],
    pattern: '[0-9A-Za-z]{10}-[0-9A-Za-z]{22}',
    source: 'Session tokens: id and secret',
  },
];

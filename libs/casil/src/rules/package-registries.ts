import type { TokenRule } from './token-rule.js';
import { UUID_PATTERN } from './uuid-pattern.js';

/** Registries of packages, images and extensions. */
export const packageRegistriesRules: readonly TokenRule[] = [
  {
    id: 'npm-token', provider: 'npm', kind: 'prefix', prefixes: ['npm_'],
    pattern: 'npm_[0-9A-Za-z]{36}', checksum: 'npm',
    source: 'Access tokens since 2021: CRC-32 in the last six characters',
  },
  {
    id: 'npm-token-legacy', provider: 'npm', kind: 'context', keywords: ['_authtoken', 'npmauthtoken', 'npm_config__authtoken'],
    pattern: `(${UUID_PATTERN}|[0-9A-Za-z_-]{36,120}|[0-9A-Za-z+/]{36,200}={0,2})`,
    source: 'npmrc guide: _authToken holds a UUID or the token of a private registry',
  },
  {
    id: 'npm-basic-auth', provider: 'npm', kind: 'context', keywords: [':_auth', ':_password', 'npmauthident'],
    pattern: '[0-9A-Za-z+/]{20,200}={0,2}', minEntropyBits: 3.8,
    source: 'npmrc guide: _auth and _password are base64',
  },
  {
    id: 'pypi-token', provider: 'PyPI', kind: 'prefix', prefixes: ['pypi-'],
    pattern: 'pypi-([0-9A-Za-z_-]{85,512}|[0-9A-Za-z_-]{512}[0-9A-Za-z_-]{1,512})',
    source: 'Macaroons in base64 after the mark; the first bytes hold the location',
  },
  {
    id: 'rubygems-token', provider: 'RubyGems', kind: 'prefix', prefixes: ['rubygems_'],
    pattern: 'rubygems_[0-9a-f]{48}',
    source: 'API guide: 48 hexadecimal digits',
  },
  {
    id: 'crates-io-token', provider: 'crates.io', kind: 'prefix', prefixes: ['cio'],
    pattern: 'cio[0-9A-Za-z]{32}', minEntropyBits: 3.8, notAfter: '+-', notBefore: '+-_',
    source: 'Tokens since 2020',
  },
  {
    id: 'nuget-api-key', provider: 'NuGet', kind: 'prefix', prefixes: ['oy2'],
    pattern: 'oy2[0-9a-z]{43}', notAfter: '+-', notBefore: '+-_',
    source: 'Keys of 46 characters',
  },
  {
    id: 'jfrog-api-key', provider: 'JFrog', kind: 'prefix', prefixes: ['AKCp'],
    pattern: 'AKCp[0-9A-Za-z]{69,73}',
    source: 'Artifactory API keys and encrypted passwords',
  },
  {
    id: 'jfrog-reference-token', provider: 'JFrog', kind: 'prefix', prefixes: ['cmVmdGtu'],
    pattern: 'cmVmdGtu[0-9A-Za-z]{56}',
    source: 'Reference tokens: base64 that begins with "reftkn:"',
  },
  {
    id: 'jfrog-api-key-legacy', provider: 'JFrog', kind: 'context', keywords: ['jfrog', 'artifactory'],
    pattern: '(AP[0-9A-F][0-9A-Za-z]{8,80}|[0-9A-Za-z]{73})',
    source: 'Access keys and passwords in APx form',
  },
  {
    id: 'docker-hub-personal-token', provider: 'Docker Hub', kind: 'prefix', prefixes: ['dckr_pat_'],
    pattern: 'dckr_pat_[0-9A-Za-z_-]{27}',
    source: 'Docker Hub, guide',
  },
  {
    id: 'docker-hub-organisation-token', provider: 'Docker Hub', kind: 'prefix', prefixes: ['dckr_oat_'],
    pattern: 'dckr_oat_[0-9A-Za-z_-]{27,40}',
    source: 'Docker Hub, guide',
  },
  {
    id: 'docker-hub-token-legacy', provider: 'Docker Hub', kind: 'context',
    keywords: [
      'docker_hub_token', 'dockerhub_token', 'docker_token', 'dockerhub-token', 'dockerhubtoken', 'docker_password', 'dockerhub_password',
      'dockerhub_access', 'dockerhubaccess',
    ],
    pattern: UUID_PATTERN,
    source: 'Tokens before 2022: UUID',
  },
  {
    id: 'docker-registry-auth', provider: 'Docker', kind: 'context', keywords: ['"auth"', 'auth\\"', 'identitytoken'],
    pattern: '[0-9A-Za-z+/]{20,300}={0,2}', minEntropyBits: 3.7,
    source: 'config.json: user and password in base64',
  },
  {
    id: 'quay-robot-token', provider: 'Quay', kind: 'context', keywords: ['quay'],
    pattern: '[0-9A-Z]{64}',
    source: 'Robot accounts: 64 upper-case letters and digits',
  },
  {
    id: 'clojars-token', provider: 'Clojars', kind: 'prefix', prefixes: ['CLOJARS_'],
    pattern: 'CLOJARS_[0-9a-z]{60}',
    source: 'Deploy tokens',
  },
  {
    id: 'packagist-token', provider: 'Packagist', kind: 'prefix', prefixes: ['packagist_'],
    pattern: 'packagist_[a-z]{3}_[0-9a-f]{64,80}',
    source: 'Private Packagist guide: organisation, user and update tokens, API keys and secrets',
  },
  {
    id: 'packagist-api-token', provider: 'Packagist', kind: 'context', keywords: ['packagist'],
    pattern: '(packagist_)?[0-9A-Za-z_-]{20}', minEntropyBits: 3.5,
    source: 'API tokens of the public registry: 20 characters',
  },
  {
    id: 'hex-pm-key', provider: 'Hex', kind: 'context', keywords: ['hex_api', 'hex_key', 'hexpm', 'hex.pm'],
    pattern: '[0-9a-f]{32}',
    source: 'API keys: 32 hexadecimal digits',
  },
  {
    id: 'cloudsmith-api-key', provider: 'Cloudsmith', kind: 'context', keywords: ['cloudsmith'],
    pattern: '[0-9a-f]{40}',
    source: 'API guide: 40 hexadecimal digits',
  },
  {
    id: 'gemfury-token', provider: 'Gemfury', kind: 'context', keywords: ['gemfury', 'fury_'],
    pattern: '([0-9a-z]{6,8}-)?[0-9A-Za-z]{20}', minEntropyBits: 3.5,
    source: 'Guide: deploy and API tokens',
  },
  {
    id: 'sonatype-user-token', provider: 'Sonatype', kind: 'context',
    keywords: ['sonatype', 'ossrh', 'mavencentral', 'maven_central', 'central_token'],
    pattern: '[0-9A-Za-z+/]{44}',
    source: 'Central portal: 44 characters of the password',
  },
  {
    id: 'anaconda-token', provider: 'Anaconda', kind: 'prefix', prefixes: ['an-'],
    pattern: `an-${UUID_PATTERN}`,
    source: 'Tokens with a two letter mark',
  },
  {
    id: 'cocoapods-trunk-token', provider: 'CocoaPods', kind: 'context', keywords: ['cocoapods'],
    pattern: '[0-9a-f]{32}',
    source: 'Trunk sessions: 32 hexadecimal digits',
  },
  {
    id: 'packagecloud-token', provider: 'packagecloud', kind: 'context', keywords: ['packagecloud', 'package_cloud'],
    pattern: '[0-9a-f]{48}',
    source: 'API guide: 48 hexadecimal digits',
  },
  {
    id: 'open-vsx-token', provider: 'Open VSX', kind: 'prefix', prefixes: ['ovsxat_', 'ovsxp_', 'ovsxpat_'],
    pattern: `ovsx(at|p|pat)_${UUID_PATTERN}`,
    source: 'Publisher tokens',
  },
  {
    id: 'jsr-token', provider: 'JSR', kind: 'prefix', prefixes: ['jsrp_', 'jsrd_', 'jsrw_'],
    pattern: 'jsr[dpw]_[0-9A-Za-z_-]{32,80}',
    source: 'Personal, device and web tokens',
  },
  {
    id: 'chocolatey-api-key', provider: 'Chocolatey', kind: 'context', keywords: ['chocolatey', 'choco_'],
    pattern: UUID_PATTERN,
    source: 'Chocolatey, guide: UUID',
  },
  {
    id: 'conan-token', provider: 'Conan', kind: 'context', keywords: ['conan_password', 'conan_login', 'conan_token'],
    pattern: '[0-9a-f]{40,64}',
    source: 'Conan Center and Artifactory remotes: API keys',
  },
  {
    id: 'sonatype-nexus-token', provider: 'Sonatype', kind: 'context', keywords: ['nexus', '_authtoken'],
    pattern: `(NpmToken|DockerToken|NuGetApiKey)[.]${UUID_PATTERN}`,
    source: 'Nexus NPM and Docker realm tokens',
  },
  {
    id: 'nuget-api-key-legacy', provider: 'NuGet', kind: 'context', keywords: ['nuget'],
    pattern: UUID_PATTERN,
    source: 'Keys before 2016: UUID',
  },
  {
    id: 'anaconda-channel-token', provider: 'Anaconda', kind: 'infix', infixes: ['.anaconda.org/t/'], maxBeforeBytes: 16,
    pattern: `(https?://)?conda[.]anaconda[.]org/t/[a-z]{2}-${UUID_PATTERN}`,
    source: 'Repository guide: tokens in the addresses of channels',
  },
];

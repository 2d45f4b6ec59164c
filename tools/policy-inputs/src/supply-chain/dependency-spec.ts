/** What kind of source a declared version names. */
export type SpecKind = 'exact' | 'range' | 'any' | 'tag' | 'git' | 'url' | 'file' | 'workspace' | 'patch';

export interface DependencySpec {
  readonly kind: SpecKind;
  /** Package behind an `npm:` alias, else empty. */
  readonly alias: string;
  /** The version or range, without an alias. */
  readonly version: string;
  /** Commit or tag behind `#` of a git or url dependency. */
  readonly commit: string;
}

const EXACT = /^\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?$/;
const GIT = /^(git(\+[a-z]+)?:|git@|(github|gitlab|bitbucket|gist):|ssh:|[\w.-]+@[\w.-]+:)|^https?:\/\/(github|gitlab|bitbucket)\.[^/]+\/[^/]+\/[^/#]+(\.git)?(#|$)|\.git(#|$)|^[\w-][\w.-]*\/[\w.-]+(#|$)/i;
const RANGE = /^(v?=?\s*)?[\^~<>=]|^v\d|\s-\s|\|\||^\d+(\.\d+)?$|(^|\.)[xX*](\.|$|\s)|\s[<>=^~]|^=/;

function kindOf(text: string): SpecKind {
  if (text === '' || text === '*') return 'any';
  if (text.startsWith('workspace:')) return 'workspace';
  if (/^(file|link|portal):/.test(text) || /^(\.{0,2}\/|~\/|[A-Za-z]:\\)/.test(text)) return 'file';
  if (text.startsWith('patch:')) return 'patch';
  if (EXACT.test(text)) return 'exact';
  if (GIT.test(text)) return 'git';
  if (/^[a-z+]+:\/\//i.test(text)) return 'url';
  return RANGE.test(text) ? 'range' : 'tag';
}

/** Takes a version of a manifest apart. */
export function parseSpec(spec: string): DependencySpec {
  const text = spec.trim();
  const alias = /^npm:((?:@[^/@]+\/)?[^@]+)(?:@(.*))?$/.exec(text);
  const version = alias === null ? text : (alias[2] ?? '');
  const kind = kindOf(version);
  const hash = kind === 'git' || kind === 'url' ? /#(?:semver:)?(.*)$/.exec(version)?.[1] ?? '' : '';
  return { kind, alias: alias?.[1] ?? '', version, commit: hash };
}

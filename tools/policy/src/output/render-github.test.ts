import { describe, expect, it } from 'vitest';

import { exemption, makeFinding, makeReport } from '../../test/report.fixture.js';
import { renderGithub } from './render-github.js';

describe('renderGithub()', () => {
  it('annotates denials and warnings, and not what is exempted', () => {
    const findings = [makeFinding(), makeFinding({ level: 'warn' }), makeFinding({ exemption })];
    expect(renderGithub(makeReport({ findings })).split('\n')).toEqual([
      '::error file=libs/one/src/a.ts,line=3,title=testing.one (high)::one is wrong. Fix: Do it the other way.',
      '::warning file=libs/one/src/a.ts,line=3,title=testing.one (high)::one is wrong. Fix: Do it the other way.',
    ]);
  });

  it('lets no finding write a command of its own', () => {
    const message = '100%\r\n::error::forged';
    const text = renderGithub(makeReport({ findings: [makeFinding({ message, file: 'a,line=9:b%\n.ts' })] }));
    expect(text).toBe('::error file=a%2Cline=9%3Ab%25%0A.ts,line=3,title=testing.one (high)::100%25%0D%0A::error::forged. Fix: Do it the other way.');
  });

  it('shows as many as GitHub does of each level, and says how many it left out', () => {
    const findings = [...Array.from({ length: 13 }, (_, line) => makeFinding({ line })), ...Array.from({ length: 10 }, () => makeFinding({ level: 'warn' }))];
    const lines = renderGithub(makeReport({ findings })).split('\n');
    expect(lines.filter((line) => line.startsWith('::error '))).toHaveLength(10);
    expect(lines.filter((line) => line.startsWith('::warning '))).toHaveLength(10);
    expect(lines.filter((line) => !line.startsWith('::'))).toEqual(['3 more of level error are in the other outputs of this run']);
  });

  it('says nothing of nothing', () => {
    expect(renderGithub(makeReport())).toBe('');
  });
});

import { describe, expect, it } from 'vitest';

import { parseUnit } from '../syntax-pass.js';
import { openFailureSource } from './open-failures.js';

function sitesOf(text: string): readonly string[] {
  const unit = parseUnit({ path: 'libs/auth/src/a.ts', project: '@arqonbus/auth', isTest: false, isGenerated: false }, text, []);
  return (openFailureSource.read(unit).open_failures ?? []).map(({ site, outcome, functions }) => [site, outcome, (functions as readonly string[]).join('.')].map(String).join(' | '));
}

describe('open failures', () => {
  it.each([
    ['function verify() { try { return check(); } catch { return true; } }', 'catch | returns yes | verify'],
    ['function verify() { try { return check(); } catch { return { ok: true }; } }', 'catch | returns yes | verify'],
    ["const decide = () => { try { return look(); } catch { return yes(); } }; function yes() { return { decision: 'allow' }; }", 'catch | returns yes | decide'],
    ['class A { can() { let allowed = true; try { allowed = look(); } catch { note(); } return allowed; } }', 'catch | goes on and answers yes | can'],
    ['function mw(next) { try { verify(); } catch (e) { next(); } }', 'catch | lets through | mw'],
    ['const f = () => look().catch(() => true);', 'rejection | answers yes | f'],
    ["function f(k) { switch (k) { case 1: return 'block'; default: return 'allow'; } }", 'default | returns yes | f'],
    ['function f() { try { work(); } finally { return true; } }', 'finally | returns yes | f'],
    ['function requireRole() { try { assertRole(); } catch {} }', 'catch | swallows the refusal | requireRole'],
    ['const f = () => new Promise((resolve) => setTimeout(() => resolve(true), 5));', 'timeout | answers yes | f'],
    ['function f(next) { look((err) => { if (err) return next(); }); }', 'error branch | returns yes | f'],
    ['function f(q) { return q.ok ?? true; }', 'fallback | answers yes | f'],
    ['function isDenied() { try { return look(); } catch { return false; } }', 'catch | returns no to a denial | isDenied'],
    ['const isRevoked = () => look().catch(() => false);', 'rejection | answers no to a denial | isRevoked'],
    ['class A { isBlocked() { let blocked = false; try { blocked = look(); } catch { note(); } return blocked; } }', 'catch | goes on and answers no to a denial | isBlocked'],
    ['function mustReject(q) { return q.bad ?? false; }', 'fallback | answers no to a denial | mustReject'],
    ["async function f() { const [one] = await all(); return one.status === 'fulfilled' ? one.value : true; }", 'rejection | answers yes | f'],
    ['const f = () => Promise.race([look(), limit.then(() => true)]);', 'timeout | answers yes | f'],
  ])('reads %s', (text, expected) => {
    expect(sitesOf(text)).toEqual([expected]);
  });

  it.each([
    'function verify() { try { return check(); } catch { return false; } }',
    "function verify() { try { return check(); } catch (error) { return { ok: false, reason: 'x' }; } }",
    'function verify() { try { return check(); } catch (error) { throw new Error("no", { cause: error }); } }',
    'function mw(next) { try { verify(); } catch (error) { next(error); } }',
    'function f() { let allowed = false; try { allowed = look(); } catch { note(); } return allowed; }',
    'const f = () => look().catch(() => false);',
    'function isDenied() { try { return look(); } catch { return true; } }',
    'const isRevoked = () => look().catch(() => true);',
    'function hasExpired(q) { return q.end < now; }',
    "async function f() { const [one] = await all(); return one.status === 'fulfilled' ? one.value : false; }",
  ])('passes %s', (text) => {
    expect(sitesOf(text)).toEqual([]);
  });
});

import { describe, expect, it } from 'vitest';
import { startFailure } from './managed-process.js';

describe('startFailure()', () => {
  it.each([
    ['shield: INTERNAL: port 8443 is in use', 8443],
    ['Error: listen EADDRINUSE: address already in use 127.0.0.1:7402\n    at Server.setupListenHandle', 7402],
    ['Error: listen EADDRINUSE: address already in use ::1:7402', 7402],
  ])('names the port in "%s" and the way out', (line, port) => {
    const failure = startFailure('shield', ['something before', line], 78);
    expect(failure).toMatchObject({ exit: 'failure', code: 'PORT_IN_USE', message: `port ${port}, which the shield needs, is in use` });
    expect(failure.next).toContain('--port 0');
  });

  it('tells bad settings from other failures', () => {
    expect(startFailure('spine', ['spine: 1 bad setting'], 78)).toMatchObject({ exit: 'configuration', code: 'START_FAILED' });
    expect(startFailure('spine', [], 'SIGKILL')).toMatchObject({ exit: 'failure', message: 'the spine did not start (SIGKILL)' });
  });
});

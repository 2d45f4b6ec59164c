import { PassThrough, Writable } from 'node:stream';

import { describe, expect, it } from 'vitest';

import { createLogger, logLevels, type AdjustableLogger, type Logger, type LogLevel } from './logger.js';

const jwt = 'eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJhIn0.Y2FuYXJ5LXNpZ25hdHVyZQ';

function capture(level: LogLevel = 'DEBUG'): { logger: AdjustableLogger; lines: () => Record<string, unknown>[]; text: () => string } {
  const destination = new PassThrough();
  let text = '';
  destination.on('data', (chunk: Buffer) => {
    text += chunk.toString();
  });
  const logger = createLogger({ service: 'spine', nodeId: 'edge-1', version: '1.2.3', level, destination });
  const lines = (): Record<string, unknown>[] =>
    text.split('\n').filter((line) => line !== '').map((line) => Object.fromEntries(Object.entries(JSON.parse(line) as object)));
  return { logger, lines, text: () => text };
}

function writeAll(logger: Logger, fields: object, message: string): void {
  logger.debug(fields, message);
  logger.info(fields, message);
  logger.warn(fields, message);
  logger.error(fields, message);
  logger.critical(fields, message);
}

describe('createLogger()', () => {
  it('writes one JSON object per line with level, time, service, node_id and version (N6, N7, N11)', () => {
    const { logger, lines } = capture();
    writeAll(logger, { room: 'plans' }, 'joined');
    expect(lines().map((line) => line['level'])).toEqual([...logLevels]);
    expect(lines()[0]).toEqual({
      level: 'DEBUG', time: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/) as unknown, service: 'spine', node_id: 'edge-1', version: '1.2.3',
      room: 'plans', message: 'joined',
    });
  });

  it.each(logLevels)('writes %s and above only (N6)', (level) => {
    const { logger, lines } = capture(level);
    writeAll(logger, {}, 'x');
    expect(lines().map((line) => line['level'])).toEqual(logLevels.slice(logLevels.indexOf(level)));
  });

  it('keeps canary secrets out of every level, in fields, child fields and messages (M7)', () => {
    const { logger, lines, text } = capture();
    const fields = {
      token: 'canary-1', headers: { authorization: 'Bearer canary-2', cookie: 'sid=canary-3' }, a: { b: { c: [{ password: 'canary-4' }] } },
      note: jwt, error: new Error(`bad ${jwt}`), payload: Buffer.from('canary-5'), pem: '-----BEGIN PRIVATE KEY-----\ncanary-6\n-----END PRIVATE KEY-----',
    };
    const child = logger.child({ secret: 'canary-7', session: jwt });
    for (const one of [logger, child]) writeAll(one, fields, `refused ${jwt} and Bearer canary-8-long`);
    expect(lines()).toHaveLength(10);
    expect(text()).not.toMatch(/canary|Y2FuYXJ5/);
  });

  it('changes its level while it runs, for its children too', () => {
    const { logger, lines } = capture('INFO');
    const child = logger.child({ part: 'a' });
    child.debug({}, 'too early');
    logger.setLevel('DEBUG');
    child.debug({}, 'heard');
    logger.setLevel('ERROR');
    child.warn({}, 'too late');
    expect(lines().map(({ message }) => message)).toEqual(['heard']);
  });

  it('carries the fields of child loggers (N8)', () => {
    const { logger, lines } = capture();
    logger.child({ client: 'a' }).child({ session: 7n }).info({ run: 1 }, 'x');
    expect(lines()[0]).toMatchObject({ client: 'a', session: '7', run: 1 });
  });

  it('lets no field forge its own ones', () => {
    const { logger, lines, text } = capture();
    logger.info({ level: 'CRITICAL', service: 'shield', message: 'forged' }, 'real');
    expect(lines()[0]).toMatchObject({ level: 'INFO', service: 'spine', message: 'real', field_level: 'CRITICAL', field_message: 'forged' });
    expect(text().match(/"level"/g)).toHaveLength(1);
  });

  it('keeps the type of an error given as err and does not format the message', () => {
    const { logger, lines } = capture();
    logger.error({ err: new TypeError('no') }, 'failed %s %d');
    expect(lines()[0]).toMatchObject({ message: 'failed %s %d', err: { type: 'TypeError', message: 'no' } });
  });

  it('drops and counts lines when the destination fails, without throwing (N5)', () => {
    const destination = new Writable({
      write() {
        throw new Error('disk full');
      },
    });
    const logger = createLogger({ service: 's', nodeId: 'n', version: 'v', level: 'INFO', destination });
    logger.info({}, 'lost');
    expect(logger.droppedCount).toBe(1);
  });

  it('drops and counts lines when the stream reports an error (N5)', async () => {
    const destination = new Writable({ write: (_chunk, _encoding, done) => done(new Error('gone')) });
    const logger = createLogger({ service: 's', nodeId: 'n', version: 'v', level: 'INFO', destination });
    logger.info({}, 'lost');
    await new Promise((resolve) => destination.once('close', resolve));
    expect(logger.droppedCount).toBeGreaterThan(0);
  });

  it('holds at most a bounded backlog for a reader that stopped (N5)', () => {
    const destination = new Writable({ write: () => undefined });
    const logger = createLogger({ service: 's', nodeId: 'n', version: 'v', level: 'INFO', destination });
    for (let index = 0; index < 1_000; index += 1) logger.info({ filler: 'x'.repeat(4_000) }, 'line');
    expect(logger.droppedCount).toBeGreaterThan(0);
    expect(destination.writableLength).toBeLessThan(1_200_000);
  });
});

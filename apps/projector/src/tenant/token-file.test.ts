import { createTempFolder, createTestIssuer } from '@arqonbus/testkit';
import { writeFileSync } from 'node:fs';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readTokenFile } from './token-file.js';

describe('readTokenFile()', () => {
  it('gives what the file holds now, and rejects where there is no token, so that it is tried again', async () => {
    const [folder, issuer] = [createTempFolder('arqon-tokens-'), await createTestIssuer()];
    onTestFinished(async () => {
      folder.remove();
      await issuer.close();
    });
    await expect(readTokenFile(folder.path, 'acme')).rejects.toMatchObject({ code: 'ENOENT' });
    for (const text of ['', 'a.b', 'a.b.c d', 'x'.repeat(70_000)]) {
      writeFileSync(folder.file('acme.jwt'), text);
      await expect(readTokenFile(folder.path, 'acme')).rejects.toMatchObject({ code: 'UNAUTHENTICATED' });
    }
    for (const sub of ['one', 'two']) {
      const token = await issuer.token({ sub });
      writeFileSync(folder.file('acme.jwt'), `${token}\n`);
      expect(await readTokenFile(folder.path, 'acme')).toBe(token);
    }
  });
});

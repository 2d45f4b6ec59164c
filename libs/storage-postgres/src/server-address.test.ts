import { describe, expect, it } from 'vitest';
import { parseServerAddress, tlsOptions } from './server-address.js';

describe('parseServerAddress()', () => {
  it('takes host, port, user and database from the URL', () => {
    expect(parseServerAddress('postgresql://projector@db.example.org:6432/episodes')).toEqual({ host: 'db.example.org', port: 6432, user: 'projector', database: 'episodes' });
    expect(parseServerAddress('postgres://pro%40jector@[::1]')).toEqual({ host: '::1', port: 5432, user: 'pro@jector', database: 'pro@jector' });
    expect(parseServerAddress('postgresql://projector@ignored/episodes?host=/run/postgresql')).toMatchObject({ host: '/run/postgresql' });
  });

  it.each([
    ['no url', 'form'], ['mysql://user@host/db', 'form'], ['postgresql://host/db', 'user'],
    ['postgresql://user@host/db?sslmode=disable', 'sslmode'], ['postgresql:///db', 'user'],
  ])('refuses %s', (url, reason) => {
    expect(() => parseServerAddress(url)).toThrow(reason);
  });

  it('refuses a password there, and does not repeat it', () => {
    const url = new URL('postgresql://user@host/db');
    url.password = ['in', 'plain', 'sight'].join('-');
    expect(() => parseServerAddress(url.href)).toThrow(/a setting of its own$/);
  });
});

describe('tlsOptions()', () => {
  it('has none where the mode is disable, or the server is reached by a file', async () => {
    expect(await tlsOptions({ sslMode: 'disable', caFile: undefined }, 'db')).toBe(false);
    expect(await tlsOptions({ sslMode: 'verify-full', caFile: undefined }, '/run/postgresql')).toBe(false);
  });

  it('checks the name of the certificate, an address as an address', async () => {
    expect(await tlsOptions({ sslMode: 'verify-full', caFile: undefined }, 'db.example.org')).toEqual({ minVersion: 'TLSv1.3', host: 'db.example.org', servername: 'db.example.org' });
    expect(await tlsOptions({ sslMode: 'verify-full', caFile: undefined }, '10.0.0.7')).toEqual({ minVersion: 'TLSv1.3', host: '10.0.0.7' });
  });

  it('refuses a file of certificates that is not there', async () => {
    await expect(tlsOptions({ sslMode: 'verify-full', caFile: '/nonexistent/ca.pem' }, 'db')).rejects.toThrow('ENOENT');
  });
});

import { SocketAddress } from 'node:net';

/** Text form of a binary address of 4 or 16 bytes; an IPv4 address mapped into IPv6 is shown as IPv4. Other lengths give ''. */
export function formatAddress(bytes: Uint8Array): string {
  if (bytes.length === 4) return bytes.join('.');
  if (bytes.length !== 16) return '';
  const view = new DataView(bytes.buffer, bytes.byteOffset, 16);
  const groups: string[] = [];
  for (let offset = 0; offset < 16; offset += 2) groups.push(view.getUint16(offset).toString(16));
  return normalizeAddress(new SocketAddress({ address: groups.join(':'), family: 'ipv6' }).address);
}

/** The same form for an address that is text already; undefined (a socket that is gone) gives ''. */
export function normalizeAddress(address: string | undefined): string {
  const mapped = '::ffff:';
  if (address === undefined) return '';
  return address.startsWith(mapped) && address.includes('.') ? address.slice(mapped.length) : address;
}

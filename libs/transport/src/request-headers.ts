/**
 * Header lines by lower-case name. A repeated line is appended with ', ' (RFC 9110, 5.3), for
 * Authorization too: two tokens then make one that no check accepts.
 */
export class RequestHeaders {
  private readonly lines = new Map<string, string>();

  add(name: string, value: string): void {
    const key = name.toLowerCase();
    const present = this.lines.get(key);
    this.lines.set(key, present === undefined ? value : `${present}, ${value}`);
  }

  /** The value, or '' when the request has no such line. */
  get(name: string): string {
    return this.lines.get(name.toLowerCase()) ?? '';
  }
}

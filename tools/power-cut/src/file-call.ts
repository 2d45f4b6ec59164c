interface Call {
  /** Lines of the trace at which the call began and ended; what it did is certain from the end on. */
  readonly begin: number;
  readonly end: number;
}

interface OnHandle extends Call {
  readonly path: string;
  /** Number of the open file in its process. */
  readonly handle: number;
}

/** What a program did to a file, as far as it changes what is on the disk. Failed calls are left out. */
export type FileCall =
  | (OnHandle & { readonly kind: 'open'; readonly flags: ReadonlySet<string> })
  /** `offset` undefined: where the open file stands. */
  | (OnHandle & { readonly kind: 'write'; readonly offset: number | undefined; readonly bytes: Uint8Array })
  | (OnHandle & { readonly kind: 'seek'; readonly offset: number })
  | (OnHandle & { readonly kind: 'truncate'; readonly length: number })
  | (OnHandle & { readonly kind: 'extend'; readonly length: number })
  | (OnHandle & { readonly kind: 'sync' })
  | (Call & { readonly kind: 'rename'; readonly from: string; readonly to: string })
  | (Call & { readonly kind: 'remove'; readonly path: string })
  | (Call & { readonly kind: 'folder'; readonly path: string });

import { engineBinaryName, findEngineFolder, verifyEngineBinary } from './engine-binary.js';
import { engineChecksums } from './engine-checksums.js';
import { loadEngine, startEngineTransport } from './transport-engine.js';
import { startFallbackTransport } from './transport-fallback.js';
import type { TransportHandlers, TransportKind, TransportOptions, TransportServer } from './transport.js';

/** How the adapter is chosen. */
export interface StartTransportChoice {
  /** `fallback` never touches the native engine; default is the engine where it runs. */
  readonly prefer?: TransportKind;
  /** Told why the fallback runs although the engine was wanted. */
  onWarning(message: string): void;
}

export interface StartedTransport {
  readonly server: TransportServer;
  readonly kind: TransportKind;
}

/**
 * Starts the transport on the native engine, or on the fallback with a warning where the engine has no
 * binary for this platform and Node or cannot be loaded. Raises INTERNAL when the binary does not match
 * its checksum, the port is in use or the certificate is unusable, INVALID_ARGUMENT for an option out of range.
 */
export async function startTransport<Data>(
  options: TransportOptions,
  handlers: TransportHandlers<Data>,
  choice: StartTransportChoice,
): Promise<StartedTransport> {
  if (choice.prefer === 'fallback') return { server: await startFallbackTransport(options, handlers), kind: 'fallback' };
  const obstacle = await findEngineObstacle(await findInstalledEngine());
  if (obstacle === undefined) return { server: await startEngineTransport(options, handlers), kind: 'engine' };
  choice.onWarning(`${obstacle}; the slower transport on ws runs instead`);
  return { server: await startFallbackTransport(options, handlers), kind: 'fallback' };
}

/** Where the engine's binary is expected, what it must be, and how it is loaded. */
export interface InstalledEngine {
  /** Undefined when the package is not installed. */
  readonly folder: string | undefined;
  readonly binaryName: string;
  readonly checksums: Readonly<Record<string, string>>;
  load(): Promise<unknown>;
}

async function findInstalledEngine(): Promise<InstalledEngine> {
  const binaryName = engineBinaryName({ platform: process.platform, arch: process.arch, abi: process.versions.modules });
  return { folder: await findEngineFolder(), binaryName, checksums: engineChecksums, load: loadEngine };
}

/** Why an engine cannot run here, or undefined. Raises INTERNAL when its binary does not match its checksum. */
export async function findEngineObstacle({ folder, binaryName, checksums, load }: InstalledEngine): Promise<string | undefined> {
  if (folder === undefined) return 'the native engine is not installed';
  if ((await verifyEngineBinary(folder, binaryName, checksums)) === 'missing') return `the native engine has no binary ${binaryName}`;
  try {
    await load();
    return undefined;
  } catch (error) {
    // A C library that the binary was not built for (musl) shows only when it is loaded.
    return `the native engine ${binaryName} cannot be loaded (${error instanceof Error ? error.message : 'unknown reason'})`;
  }
}

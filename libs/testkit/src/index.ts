export { createTestIssuer, type TestIssuer, type TestTokenOptions } from './create-test-issuer.js';
export { serveJwks, type JwksBehaviour, type JwksServer } from './serve-jwks.js';
export { createTestCertificate, type TestCertificate } from './create-test-certificate.js';
export { RawWireClient, UpgradeRefused, type RawWireClientOptions, type WireClose } from './raw-wire-client.js';
export { FrameQueue } from './frame-queue.js';
export { startProcess, type ProcessExit, type ProcessOutput, type RunningProcess, type StartProcessOptions } from './start-process.js';
export { waitFor, within, type WaitForOptions } from './wait-for.js';
export { freePort } from './free-port.js';
export { createTempFolder, type TempFolder } from './temp-folder.js';

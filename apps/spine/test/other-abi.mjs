// Loaded into a Spine under test: it sees another ABI than its own, as on a Node that the engine has no binary for.
const versions = { ...process.versions, modules: '999' };
Object.defineProperty(process, 'versions', { value: versions });

export { readDocument, readDocuments, type MarkdownDocument } from './documents.js';
export { generatedDocuments, type GeneratedDocument } from './generated-documents.js';
export { loadSettingsSchemas } from './load-settings-schemas.js';
export { readAnchors, readCodeBlocks, readLinks, readSection, readTableRows, readTestLinks, type CodeBlock, type Link, type TestLink } from './markdown.js';

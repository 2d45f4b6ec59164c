import { codeKinds } from './clean-code.js';
import { identifierKinds } from './clean-identifiers.js';
import type { CleanKind } from './clean-kind.js';
import { lookalikeKinds } from './clean-lookalikes.js';
import { messageKinds } from './clean-messages.js';
import { placeholderKinds } from './clean-placeholders.js';

/** Every kind of clean text. */
export const cleanKinds: readonly CleanKind[] = [...placeholderKinds, ...identifierKinds, ...codeKinds, ...messageKinds, ...lookalikeKinds];

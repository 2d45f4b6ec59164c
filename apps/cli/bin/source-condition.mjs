// Module hook (node:module, customization hooks): resolves the packages of this workspace to their sources.

/** Adds the condition under which a workspace package exports its TypeScript sources. */
export async function resolve(specifier, context, nextResolve) {
  return nextResolve(specifier, { ...context, conditions: [...context.conditions, '@arqonbus/source'] });
}

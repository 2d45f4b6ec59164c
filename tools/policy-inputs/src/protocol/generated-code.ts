import { fromBinary } from '@bufbuild/protobuf';
import { embedFileDesc } from '@bufbuild/protobuf/codegenv2';
import { FileDescriptorProtoSchema, type FileDescriptorProto } from '@bufbuild/protobuf/wkt';
import ts from 'typescript';

export const GENERATED_FOLDER = 'libs/proto/src/gen';

/** The descriptor that generated code holds, in base64: the first argument of its call of `fileDesc`; empty when there is none. */
export function embeddedDescriptor(path: string, code: string): string {
  let found = '';
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && ts.isIdentifier(node.expression) && node.expression.text === 'fileDesc') {
      const [first] = node.arguments;
      if (first !== undefined && ts.isStringLiteralLike(first)) found = first.text;
    }
    if (found === '') ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, code, ts.ScriptTarget.ES2023, false));
  return found;
}

function canonical(proto: FileDescriptorProto): string {
  // The generator leaves out comments and derivable JSON names; so does this, on both sides.
  return embedFileDesc(proto).base64();
}

/** Whether generated code holds this very descriptor. */
export function isGeneratedFrom(path: string, code: string, proto: FileDescriptorProto): boolean {
  const embedded = embeddedDescriptor(path, code);
  if (embedded === '') return false;
  try {
    return canonical(fromBinary(FileDescriptorProtoSchema, Buffer.from(embedded, 'base64'))) === canonical(proto);
  } catch {
    // No descriptor at all is none of this contract.
    return false;
  }
}

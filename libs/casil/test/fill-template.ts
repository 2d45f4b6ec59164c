export { fillTemplate, type ByteRange, type FilledTemplate } from '@arqonbus/testkit';

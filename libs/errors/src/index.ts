export { ArqonError, isArqonError, type ArqonErrorDetails } from './arqon-error.js';
export { errorTable, type ErrorAudience, type ErrorCode, type ErrorRow } from './error-codes.js';
export { closeActionOf, closeCodes, type CloseAction, type CloseName, type CloseRow } from './close-codes.js';
export {
  bucketEdges, hardCaps, readinessReasons, readinessStates, rejectionReasons,
  type ReadinessReason, type ReadinessState, type RejectionReason,
} from './governed.js';

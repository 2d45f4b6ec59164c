import type { SourcePosition } from '@arqonbus/storage/episodes';

/** A position as two bigint columns keep it. The bus counts without a sign, bigint with one: equal bits mean equal positions. */
export interface PositionColumns {
  readonly epoch: string | null;
  readonly sequence: string | null;
}

/** The values of `epoch` and `sequence`; both null for none. */
export function positionValues(position: SourcePosition | undefined): readonly [string | null, string | null] {
  return position === undefined ? [null, null] : [signed(position.epoch), signed(position.sequence)];
}

export function positionOf({ epoch, sequence }: PositionColumns): SourcePosition | undefined {
  return epoch === null || sequence === null ? undefined : { epoch: BigInt.asUintN(64, BigInt(epoch)), sequence: BigInt.asUintN(64, BigInt(sequence)) };
}

function signed(value: bigint): string {
  return BigInt.asIntN(64, value).toString();
}

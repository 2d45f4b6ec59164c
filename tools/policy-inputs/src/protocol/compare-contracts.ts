import type { Contract, ContractElement, Reserved } from './contract.js';

/** One difference between two contracts. */
export interface ContractChange {
  /** `field_deleted`, `field_renamed` …: see the table proto_changes. */
  readonly kind: string;
  /** Full name of the thing at the base, or now where it is new. */
  readonly subject: string;
  readonly detail: string;
  /** Whether a peer that holds the base can misread, or miss, something. */
  readonly isBreaking: boolean;
  /** The thing at the base; undefined where it is new. */
  readonly before: ContractElement | undefined;
  /** The thing now, else what it stood in. */
  readonly place: ContractElement | undefined;
  /** Whether the thing is gone, and its number and name may be taken anew. */
  readonly isRemoval: boolean;
}

const TYPE_KINDS = new Set(['message', 'enum', 'service']);
const REMOVABLE_MEMBERS = new Set(['field', 'enum_value', 'method']);

export function covers(reserved: Reserved | undefined, number: number): boolean {
  return reserved?.ranges.some(([first, last]) => number >= first && number <= last) ?? false;
}

/** Whether every number of a range is reserved, in however many pieces. */
function coversRange(reserved: Reserved | undefined, [first, last]: readonly [number, number]): boolean {
  let next = first;
  for (const [from, to] of [...(reserved?.ranges ?? [])].sort((a, b) => a[0] - b[0])) {
    if (from <= next && to >= next) next = to + 1;
  }
  return next > last;
}

/** Last part of a full name. */
export function lastName(full: string): string {
  return full.slice(full.lastIndexOf('.') + 1);
}

function change(kind: string, subject: string, detail: string, options: { before?: ContractElement; place?: ContractElement; isBreaking?: boolean; isRemoval?: boolean }): ContractChange {
  const { before, place, isBreaking = true, isRemoval = false } = options;
  return { kind, subject, detail, isBreaking, before, place, isRemoval };
}

function membersOf(contract: Contract, parent: string): ContractElement[] {
  return [...contract.elements.values()].filter((one) => one.parent === parent && REMOVABLE_MEMBERS.has(one.kind));
}

/** What differs between a field and the field that has its number now. */
function compareField(before: ContractElement, now: ContractElement): ContractChange[] {
  const at = { before, place: now };
  const isRenamed = before.name !== now.name;
  const isRetyped = before.type !== now.type;
  const found: ContractChange[] = [];
  const note = (kind: string, was: string, is: string): void => void found.push(change(kind, before.name, `${was || 'none'} became ${is || 'none'}`, at));
  if (isRenamed && isRetyped) note('field_number_reused', `${lastName(before.name)} (${before.type})`, `${lastName(now.name)} (${now.type})`);
  else if (isRenamed) note('field_renamed', lastName(before.name), lastName(now.name));
  else if (isRetyped) note('field_type_changed', before.type, now.type);
  const isMany = (one: ContractElement): boolean => one.presence === 'repeated' || one.presence === 'map';
  if (isMany(before) !== isMany(now)) note('cardinality_changed', before.presence, now.presence);
  else if (!before.isRequired && now.isRequired) note('required_added', before.presence, 'required');
  else if (before.oneof !== now.oneof) note('oneof_moved', before.oneof, now.oneof);
  else if (before.presence !== now.presence) note('presence_changed', before.presence, now.presence);
  if (!isRenamed && before.jsonName !== now.jsonName) note('json_name_changed', before.jsonName, now.jsonName);
  return found;
}

function compareNumbered(base: Contract, now: Contract, parent: string): ContractChange[] {
  const current = membersOf(now, parent);
  const place = now.elements.get(parent);
  return membersOf(base, parent).flatMap((before) => {
    const sameNumber = current.filter((one) => one.kind === before.kind && one.number === before.number);
    const match = sameNumber.find((one) => one.name === before.name) ?? sameNumber[0];
    const moved = current.find((one) => one.name === before.name);
    const found: ContractChange[] = [];
    if (moved !== undefined && moved.number !== before.number) {
      found.push(change(`${before.kind}_renumbered`, before.name, `${String(before.number)} became ${String(moved.number)}`, { before, place: moved }));
    }
    if (match === undefined && moved === undefined) {
      found.push(change(`${before.kind}_deleted`, before.name, `number ${String(before.number)}`, { before, ...(place === undefined ? {} : { place }), isRemoval: true }));
    }
    if (match !== undefined && before.kind === 'field') found.push(...compareField(before, match));
    if (match !== undefined && before.kind === 'enum_value' && match.name !== before.name) {
      found.push(change('enum_value_renamed', before.name, `became ${lastName(match.name)}`, { before, place: match }));
    }
    return found;
  });
}

function compareMethods(base: Contract, now: Contract, parent: string): ContractChange[] {
  return membersOf(base, parent).flatMap((before) => {
    const match = now.elements.get(before.name);
    const place = now.elements.get(parent);
    if (match === undefined) return [change('method_deleted', before.name, before.type, { before, ...(place === undefined ? {} : { place }), isRemoval: true })];
    return match.type === before.type ? [] : [change('method_changed', before.name, `${before.type} became ${match.type}`, { before, place: match })];
  });
}

/** Reserved numbers and names of the base that are free or used now. */
function compareReserved(base: Contract, now: Contract, parent: string): ContractChange[] {
  const before = base.reserved.get(parent);
  const after = now.reserved.get(parent);
  const place = now.elements.get(parent);
  if (before === undefined || place === undefined) return [];
  const members = membersOf(now, parent);
  const freed = before.ranges.filter((range) => !coversRange(after, range));
  const used = members.filter(({ number }) => covers(before, number));
  const freedNames = before.names.filter((name) => !(after?.names.includes(name) ?? false));
  const usedNames = members.filter(({ name }) => before.names.includes(lastName(name)));
  return [
    ...freed.map(([first, last]) => change('reserved_removed', parent, `numbers ${String(first)} to ${String(last)}`, { place })),
    ...freedNames.map((name) => change('reserved_removed', parent, `name ${name}`, { place })),
    ...used.map((one) => change('reserved_number_used', one.name, `number ${String(one.number)}`, { place: one })),
    ...usedNames.map((one) => change('reserved_name_used', one.name, `name ${lastName(one.name)}`, { place: one })),
  ];
}

function additions(base: Contract, now: Contract): ContractChange[] {
  return [...now.elements.values()].filter((one) => one.kind !== 'file' && !base.elements.has(one.name)).map((place) => {
    const isNewParent = !base.elements.has(place.parent);
    if (place.isRequired && !isNewParent) return change('required_added', place.name, `number ${String(place.number)}`, { place });
    return change(`${place.kind}_added`, place.name, place.type, { place, isBreaking: false });
  });
}

function compareFiles(base: Contract, now: Contract): ContractChange[] {
  return [...base.files].flatMap(([name, before]) => {
    const after = now.files.get(name);
    const place = now.elements.get(name);
    if (after === undefined || place === undefined) return [];
    const found: ContractChange[] = [];
    if (after.packageName !== before.packageName) found.push(change('package_changed', name, `${before.packageName} became ${after.packageName}`, { place }));
    if (after.syntax !== before.syntax) found.push(change('syntax_changed', name, `${before.syntax} became ${after.syntax}`, { place }));
    return found;
  });
}

/** Every difference that a peer or a reader of generated code could notice; comments are none. */
export function compareContracts(base: Contract, now: Contract): ContractChange[] {
  const types = [...base.elements.values()].filter(({ kind }) => TYPE_KINDS.has(kind));
  const inTypes = types.flatMap((before) => {
    const after = now.elements.get(before.name);
    if (after?.kind !== before.kind) {
      // What was in it went with it and is not told again.
      const isParentGone = base.elements.get(before.parent)?.kind !== 'file' && !now.elements.has(before.parent);
      const place = now.elements.get(before.parent) ?? now.elements.get(before.file);
      return isParentGone ? [] : [change(`${before.kind}_deleted`, before.name, before.file, { before, ...(place === undefined ? {} : { place }), isRemoval: true })];
    }
    if (before.kind === 'service') return compareMethods(base, now, before.name);
    return [...compareNumbered(base, now, before.name), ...compareReserved(base, now, before.name)];
  });
  return [...compareFiles(base, now), ...inTypes, ...additions(base, now)];
}

import { fingerprintText, scatter, type Fingerprint } from './fingerprints.ts';
import { cellAt, isInCore, place, type SameCells } from './rows.ts';
import { TooManyRows, type MismatchKind, type SideName, type Sink } from '../types.ts';

/*
 * What is known of a key is one byte: two bits for the place of the earliest row on the left, two for the right, and what
 * has been seen of it.
 */
const onLeft = 16;
const onRight = 32;
const differs = 64;
const twice = 128;
const nothingYet = place.unknown | (place.unknown << 2);

/** Means no slot. */
const noSlot = 0;
const firstPositions = 1024;

const bitOf = (side: SideName): number => (side === 'left' ? onLeft : onRight);

/** `state` after one more row of a side at `where`: the earlier place wins. */
function withPlace(state: number, side: SideName, where: number): number {
  const shift = side === 'left' ? 0 : 2;
  const known = (state >> shift) & 3;
  return where < known ? (state & ~(3 << shift)) | (where << shift) : state;
}

function kindOf(state: number): MismatchKind {
  if ((state & twice) !== 0) return 'duplicate';
  if ((state & differs) !== 0) return 'different';
  return (state & onLeft) !== 0 ? 'missing_right' : 'missing_left';
}

/** Text and fields of keys that wait, in slots that are used again. The text of an integer key is empty. */
class Slots {
  readonly #size: number;
  readonly #most: number;
  readonly #free: number[] = [];
  readonly keys: string[] = [''];
  words: Int32Array;

  /** @param size words of the fields */
  constructor(size: number, most: number) {
    this.#size = size;
    this.#most = most;
    this.words = new Int32Array(1024 * size);
  }

  /** Index of the first word of a slot. */
  start(slot: number): number {
    return slot * this.#size;
  }

  /** @throws TooManyRows */
  take(key: string, words: Int32Array, at: number): number {
    const slot = this.#free.pop() ?? this.keys.length;
    if (slot > this.#most) throw new TooManyRows(this.#most);
    this.keys[slot] = key;
    const start = this.start(slot);
    if (start + this.#size > this.words.length) {
      const larger = new Int32Array(2 * this.words.length);
      larger.set(this.words);
      this.words = larger;
    }
    for (let i = 0; i < this.#size; i += 1) this.words[start + i] = words[at + i] ?? 0;
    return slot;
  }

  free(slot: number): void {
    this.keys[slot] = '';
    this.#free.push(slot);
  }
}

/**
 * Pairs the rows of two sides that come in any order. A key waits, with its fields, until its partner comes. If they are
 * the same it leaves at once, and only its fingerprint (64 bits) and its places stay, some 17 to 35 bytes, because a third
 * row would make it a duplicate. If they differ, or the key is there twice, the key stays and is reported at the end.
 *
 * An integer key is its own fingerprint. Keys that wait are compared as texts; those that have left are known by their
 * fingerprints alone, and of n keys some two have the same one with a chance of n*n / 2^65, one in 36 million for a
 * million. A key that is taken for a duplicate then is found to be none by the look-up that precedes every report.
 */
export class PairingTable {
  readonly #slots: Slots;
  readonly #same: SameCells;
  readonly #most: number;
  readonly #fingerprint: Fingerprint = { low: 0, high: 0 };
  // An open-addressed hash table: fingerprint, state (0: free) and slot of each position.
  #size = 0;
  #mask = firstPositions - 1;
  #prints = new Int32Array(2 * firstPositions);
  #states = new Uint8Array(firstPositions);
  #slotAt = new Int32Array(firstPositions);

  /**
   * @param fields how many cells are compared
   * @param mostWaiting how many keys may wait at once
   * @param mostKeys how many there may be, those that have left included
   */
  constructor(fields: number, same: SameCells, mostWaiting: number, mostKeys: number) {
    this.#slots = new Slots(2 * fields, mostWaiting);
    this.#same = same;
    this.#most = mostKeys;
  }

  /**
   * Takes a row with a text key.
   * @param at index of the first word of its fields
   * @param where its place
   * @throws TooManyRows
   */
  addText(side: SideName, key: string, words: Int32Array, at: number, where: number): void {
    fingerprintText(key, this.#fingerprint);
    this.#add(side, key, words, at, where);
  }

  /**
   * Takes a row with an integer key, which is the cell before its fields.
   * @param at index of the first word of its fields
   * @param where its place
   * @throws TooManyRows
   */
  addInteger(side: SideName, words: Int32Array, at: number, where: number): void {
    this.#fingerprint.low = words[at - 2] ?? 0;
    this.#fingerprint.high = words[at - 1] ?? 0;
    this.#add(side, '', words, at, where);
  }

  #add(side: SideName, key: string, words: Int32Array, at: number, where: number): void {
    const position = this.#find(key);
    const before = this.#states[position] ?? 0;
    const slot = this.#slotAt[position] ?? noSlot;
    const state = withPlace(before === 0 ? nothingYet : before, side, where) | bitOf(side);
    if (before === 0) this.#insert(position, state, this.#slots.take(key, words, at));
    else if (slot === noSlot) {
      this.#slotAt[position] = this.#slots.take(key, words, at);
      this.#states[position] = state | twice;
    } else if ((before & (bitOf(side) | twice)) !== 0) this.#states[position] = state | twice;
    else if (this.#same(this.#slots.words, this.#slots.start(slot), words, at)) {
      this.#slots.free(slot);
      this.#slotAt[position] = noSlot;
      this.#states[position] = state;
    } else this.#states[position] = state | differs;
  }

  /** The position of the key whose fingerprint has been set, or the free one where it belongs. */
  #find(key: string): number {
    const { low, high } = this.#fingerprint;
    let position = this.#firstPosition(low, high);
    while (this.#states[position] !== 0) {
      if (this.#prints[2 * position] === low && this.#prints[2 * position + 1] === high) {
        const slot = this.#slotAt[position] ?? noSlot;
        if (slot === noSlot || this.#slots.keys[slot] === key) return position;
      }
      position = (position + 1) & this.#mask;
    }
    return position;
  }

  #firstPosition(low: number, high: number): number {
    return scatter(low ^ Math.imul(high, 0x9e3779b1)) & this.#mask;
  }

  #insert(position: number, state: number, slot: number): void {
    if (this.#size >= this.#most) throw new TooManyRows(this.#most);
    this.#size += 1;
    this.#put(position, this.#fingerprint.low, this.#fingerprint.high, state, slot);
    if (4 * this.#size > 3 * this.#states.length) this.#grow();
  }

  #put(position: number, low: number, high: number, state: number, slot: number): void {
    this.#prints[2 * position] = low;
    this.#prints[2 * position + 1] = high;
    this.#states[position] = state;
    this.#slotAt[position] = slot;
  }

  #grow(): void {
    const [prints, states, slotAt] = [this.#prints, this.#states, this.#slotAt];
    const positions = 2 * states.length;
    this.#mask = positions - 1;
    this.#prints = new Int32Array(2 * positions);
    this.#states = new Uint8Array(positions);
    this.#slotAt = new Int32Array(positions);
    for (let old = 0; old < states.length; old += 1) {
      const state = states[old] ?? 0;
      if (state === 0) continue;
      const [low, high] = [prints[2 * old] ?? 0, prints[2 * old + 1] ?? 0];
      let position = this.#firstPosition(low, high);
      while (this.#states[position] !== 0) position = (position + 1) & this.#mask;
      this.#put(position, low, high, state, slotAt[old] ?? noSlot);
    }
  }

  /** Reports what still waits, once both sides have been read completely. @param byText whether keys are texts. */
  finish(sink: Sink, byText: boolean): void {
    for (const [position, slot] of this.#slotAt.entries()) {
      const state = this.#states[position] ?? 0;
      if (slot === noSlot || !isInCore(state & 3, (state >> 2) & 3)) continue;
      const key = byText ? (this.#slots.keys[slot] ?? '') : cellAt(this.#prints, 2 * position);
      sink({ kind: kindOf(state), key });
    }
  }
}

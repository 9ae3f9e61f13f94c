import { randomBytes } from 'node:crypto';

const SLOT_MS = 64;

/**
 * A UUID of version 7: later ones sort after earlier ones, so that the index on them grows at its end. Its last two digits are
 * those of a moment too: they name the directory of the file store, and what is written at the same time lies in the same one, so
 * that it can share the sync of that.
 */
export function createVersionId(nowMs: number = Date.now()): string {
  const bytes = randomBytes(16);
  bytes.writeUIntBE(nowMs, 0, 6);
  bytes.writeUInt8((bytes.readUInt8(6) & 0x0f) | 0x70, 6);
  bytes.writeUInt8((bytes.readUInt8(8) & 0x3f) | 0x80, 8);
  bytes.writeUInt8(Math.floor(nowMs / SLOT_MS) % 256, 15);
  const hex = bytes.toString('hex');
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}

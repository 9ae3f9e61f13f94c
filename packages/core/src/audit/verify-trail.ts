import type { OperationOutput } from '@supastor/contract/operations/define';
import type { auditVerify } from '@supastor/contract/operations/audit';
import { type AuditHead, GENESIS, hashRow } from './audit-chain.ts';
import { checkpointIsSigned } from './audit-checkpoint.ts';
import { type AuditCut, cutIsSigned } from './audit-cut.ts';
import type { AuditSeal } from './audit-seal.ts';
import { type AuditCheckpoint, type AuditStore, columnText, type StoredAuditRow } from './audit-store.port.ts';

export type FirstBad = NonNullable<OperationOutput<typeof auditVerify>['firstBad']>;

export interface TrailReport {
  readonly rows: number;
  readonly head: AuditHead | null;
  readonly checkpoints: number;
  readonly rowsUnderOtherKeys: number;
  /** What retention took off the beginning; null when nothing. */
  readonly removed: { readonly through: number; readonly at: string } | null;
  readonly firstBad: FirstBad | null;
}

export interface VerifyTrailOptions {
  readonly store: Pick<AuditStore, 'rowsAfter' | 'checkpoints' | 'cuts'>;
  readonly seal: AuditSeal;
  /** Heads that the trail must still hold. */
  readonly anchors: readonly AuditHead[];
  /** Where the chain ended when a process found rows gone. */
  readonly cutTo: AuditHead | null;
  readonly signal: AbortSignal;
}

const BATCH = 2000;

/** Reads the whole trail in order and stops at the first row that is not as it was written. */
export async function verifyTrail(options: VerifyTrailOptions): Promise<TrailReport> {
  for (let cuts = await options.store.cuts(); ;) {
    const report = await readTrail(options, cuts);
    if (report.firstBad === null) return report;
    // Retention may have removed rows while they were read.
    const latest = await options.store.cuts();
    if (latest.length === cuts.length) return report;
    cuts = latest;
  }
}

async function readTrail(options: VerifyTrailOptions, cuts: readonly AuditCut[]): Promise<TrailReport> {
  const { store, seal, signal } = options;
  const cut = cuts.at(-1) ?? null;
  const checkpoints = await store.checkpoints();
  // Only what our key signed says anything about the rows.
  const own = checkpoints.filter(({ keyId }) => keyId === seal.keyId);
  const signed = own.filter((checkpoint) => checkpointIsSigned(checkpoint, seal));
  const expected = [...signed, ...options.anchors];
  const hashesAt = new Map(expected.map(({ seq, hash }) => [seq, hash]));
  const furthest = Math.max(0, ...expected.map(({ seq }) => seq));
  let last: AuditHead = cut ?? GENESIS;
  let rows = 0;
  let foreign = 0;
  let ownKeySeen = false;
  const report = (firstBad: FirstBad | null): TrailReport => ({
    rows,
    head: rows === 0 ? null : { seq: last.seq, hash: last.hash },
    checkpoints: checkpoints.length,
    rowsUnderOtherKeys: foreign,
    removed: cut && { through: cut.seq, at: cut.at },
    firstBad,
  });

  const badCut = judgeCuts(cuts, seal);
  if (badCut) return report(badCut);
  let batch = store.rowsAfter(0, BATCH);
  for (;;) {
    const current = await batch;
    if (current.length === 0) break;
    signal.throwIfAborted();
    // The database reads on while this batch is checked.
    batch = store.rowsAfter(current.at(-1)?.seq ?? 0, BATCH);
    batch.catch(() => undefined);
    for (const [index, row] of current.entries()) {
      const next = current[index + 1] ?? (index + 1 === current.length ? (await batch)[0] : undefined);
      const isForeign: boolean = row.keyId !== seal.keyId && !ownKeySeen;
      if (rows === 0 && cut !== null && cut.keyId !== seal.keyId && !isForeign) return report(unprovenCut(cut));
      const bad = judgeRow({ row, last, next, furthest, seal: isForeign ? null : seal });
      if (bad) return report(bad);
      if (hashesAt.has(row.seq) && hashesAt.get(row.seq) !== row.hash) return report(replaced(row.seq, options.cutTo));
      ownKeySeen ||= !isForeign;
      foreign += isForeign ? 1 : 0;
      rows += 1;
      last = row;
    }
  }
  return report(
    judgeEnd(last.seq, furthest, options.cutTo) ?? judgeCheckpoints({ all: checkpoints, own, signed, first: cut?.checkpoint ?? 1 }),
  );
}

function unprovenCut({ n, seq }: AuditCut): FirstBad {
  return { seq, problem: 'checkpoint', detail: `Cut ${n} of the trail is signed by another key than the rows behind it.` };
}

interface RowCase {
  readonly row: StoredAuditRow;
  readonly last: AuditHead;
  readonly next: StoredAuditRow | undefined;
  readonly furthest: number;
  /** Null: an earlier key sealed it, so only its chain can be checked. */
  readonly seal: AuditSeal | null;
}

function judgeRow({ row, last, next, furthest, seal }: RowCase): FirstBad | null {
  const seq = last.seq + 1;
  const bad = (problem: FirstBad['problem'], detail: string): FirstBad => ({ seq, problem, detail });
  if (row.seq < seq) return bad('inserted', `Row ${row.seq} is there although retention removed the rows up to ${last.seq}.`);
  if (row.seq !== seq) return bad('deleted', `Row ${seq} is missing; row ${row.seq} follows row ${last.seq}.`);
  const written = readEntry(row.entry);
  const genuine = hashRow(row.prevHash, row.entry) === row.hash && (seal === null || seal.macMatches(row.hash, row.mac));
  if (!genuine) {
    const nextSays = next && readEntry(next.entry).seq;
    const isExtra = nextSays === seq || (next === undefined && furthest > 0 && seq > furthest);
    return isExtra
      ? bad('inserted', `Row ${seq} was not written by this service.`)
      : bad('changed', `Row ${seq} is not what was written: its hash or seal does not fit.`);
  }
  if (written.seq !== seq) {
    const shifted = written.seq > seq && (next === undefined || readEntry(next.entry).seq === written.seq + 1);
    return shifted
      ? bad('deleted', `Row ${seq} was written as row ${written.seq}; rows before it are gone and the rest was renumbered.`)
      : bad('reordered', `Row ${seq} was written as row ${written.seq}.`);
  }
  if (row.prevHash !== last.hash) return bad('changed', `Row ${seq} does not follow the row before it.`);
  if (written.columns !== row.columns) return bad('changed', `The search columns of row ${seq} differ from its entry.`);
  return null;
}

function replaced(seq: number, cutTo: AuditHead | null): FirstBad {
  if (cutTo !== null && cutTo.seq < seq) return truncated(cutTo.seq + 1);
  return { seq, problem: 'changed', detail: `Row ${seq} is not the row that was signed or seen there before.` };
}

function truncated(seq: number): FirstBad {
  return { seq, problem: 'truncated', detail: `Row ${seq} and what followed were cut off the end.` };
}

function judgeEnd(lastSeq: number, furthest: number, cutTo: AuditHead | null): FirstBad | null {
  if (lastSeq < furthest) return truncated(lastSeq + 1);
  return cutTo === null ? null : truncated(cutTo.seq + 1);
}

/** A cut that another key signed says nothing for or against the rows behind it; one that claims to be ours must be. */
function judgeCuts(cuts: readonly AuditCut[], seal: AuditSeal): FirstBad | null {
  const bad = cuts.find(
    (cut, index) =>
      cut.n !== index + 1 || cut.previous !== (cuts[index - 1]?.signature ?? '') || (cut.keyId === seal.keyId && !cutIsSigned(cut, seal)),
  );
  return bad ? { seq: bad.seq, problem: 'checkpoint', detail: `Cut ${bad.n} of the trail was not made by this service.` } : null;
}

interface Checkpoints {
  readonly all: readonly AuditCheckpoint[];
  readonly own: readonly AuditCheckpoint[];
  readonly signed: readonly AuditCheckpoint[];
  /** Number of the first that retention left. */
  readonly first: number;
}

function judgeCheckpoints({ all, own, signed, first }: Checkpoints): FirstBad | null {
  const forged = own.find((checkpoint) => !signed.includes(checkpoint));
  const broken = all.find(({ n, previous }, index) => {
    const before = index === 0 ? null : (all[index - 1]?.signature ?? '');
    return n !== index + first || (before === null ? first === 1 && previous !== '' : previous !== before);
  });
  const bad = forged ?? broken;
  if (!bad) return null;
  const detail = forged ? `Checkpoint ${bad.n} is not signed by this service.` : `A checkpoint before number ${bad.n} is missing.`;
  return { seq: bad.seq, problem: 'checkpoint', detail };
}

interface Written {
  readonly seq: number;
  readonly columns: string;
}

const UNREADABLE: Written = { seq: -1, columns: '' };

function readEntry(entry: string): Written {
  try {
    const value: unknown = JSON.parse(entry);
    if (!isRecord(value)) return UNREADABLE;
    const identity = isRecord(value['identity']) ? value['identity'] : {};
    const { kind, auditId, operation, outcome, resource, writer } = value;
    const columns = [kind, auditId, Date.parse(String(value['at'])), operation, identity['email'], outcome, resource, writer];
    return { seq: Number(value['seq']), columns: columnText(columns) };
  } catch {
    return UNREADABLE;
  }
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null;
}

import { createReadStream } from 'node:fs';

/** One version of the list of a backup. */
export interface ListedBlob {
  readonly version: string;
  /** Null where no row knows it, and nothing was stored. */
  readonly bytes: number | null;
  /** Null: the backup has no bytes of it. */
  readonly sha256: string | null;
}

const LINE = /^([^\t]+)\t(\d+|-)\t([0-9a-f]{64}|-)$/;

/** A line of `blobs.tsv`. The lines are in the order of the versions. */
export function formatBlob({ version, bytes, sha256 }: ListedBlob): string {
  return `${version}\t${bytes ?? '-'}\t${sha256 ?? '-'}\n`;
}

/** Reads `blobs.tsv` bit by bit. @throws Error for a line that is none */
export async function* readBlobs(path: string): AsyncGenerator<ListedBlob> {
  for await (const line of readLines(path)) {
    const [, version, bytes, sha256] = LINE.exec(line) ?? [];
    if (version === undefined || bytes === undefined || sha256 === undefined) throw new Error('a line is not what it should be');
    yield { version, bytes: bytes === '-' ? null : Number(bytes), sha256: sha256 === '-' ? null : sha256 };
  }
}

/** The lines of a text file, without their ends. */
export async function* readLines(path: string): AsyncGenerator<string> {
  let rest = '';
  for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: 256 * 1024 })) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    yield* lines;
  }
  if (rest !== '') yield rest;
}
